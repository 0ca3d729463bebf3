import ArgumentParser
@main struct Interspan: ParsableCommand {}
