internal import Capture

/// What was counted of processes: which are watched, and what of the others' calls was left out.
extension MetricPage {
    mutating func write(filtered: FilterCounters, _ selection: SelectionCounters) {
        add(
            "interspan_capture_filtered", .counter,
            "Calls that the kernel programs left out: of processes that are not selected, or not judged yet, or out of scope.",
            [
                ([("reason", "unselected")], .integer(filtered.unselected)),
                ([("reason", "unjudged")], .integer(filtered.unjudged)),
                ([("reason", "out_of_scope")], .integer(filtered.outOfScope)),
            ])
        counter(
            "interspan_capture_unasked_questions",
            "Questions about processes that the kernel programs had no room for; they are asked again.",
            filtered.unasked)
        counter(
            "interspan_capture_selection_questions",
            "Questions about processes that the kernel programs had and that were answered.", selection.questions)
        add(
            "interspan_capture_judged_processes", .counter,
            "Times a process was judged, by what came of it; refused: there was no room in the kernel's table.",
            [
                ([("outcome", "watched")], .integer(selection.watched)),
                ([("outcome", "left_out")], .integer(selection.leftOut)),
                ([("outcome", "undecided")], .integer(selection.undecided)),
                ([("outcome", "gone")], .integer(selection.gone)),
                ([("outcome", "refused")], .integer(selection.refused)),
            ])
    }
}
