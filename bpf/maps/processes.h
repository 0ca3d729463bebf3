/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * processes: what is known of the processes that ran last, found without a call of the kernel's: in rows of each program's
 * own on each CPU, like its counters, so that nobody else writes them. What is there is what the tables verdicts and units
 * had for the process when it was looked up, and holds for as long as it is the same process (its number and when it
 * began), runs the same program (the kernel counts how often it was replaced), acts for the same user, and the agent has
 * written nothing since (selection.generation, read before the tables and raised after each of its writes). Who does not
 * find its place takes it from whoever has it: nothing depends on an entry being there.
 */
#ifndef INTERSPAN_MAPS_PROCESSES_H
#define INTERSPAN_MAPS_PROCESSES_H

#include "../kernel.h"
#include "interspan.h"

/* Places of a row, by the process's number: those of a server that forks its children follow each other. */
#define KNOWN_PROCESSES 32

struct known_process {
    __u64 start;      /* ns, CLOCK_BOOTTIME: when the process began */
    __u64 programs;   /* how often it had replaced its program */
    __u32 tgid;       /* its number; 0 for nobody */
    __u32 user;       /* its effective user's number */
    __u32 generation; /* selection.generation */
    __u32 number;     /* its number in the agent's pid namespace; 0 where it has none */
    __u8 verdict;     /* enum interspan_verdict_kind; NONE is always looked up */
    __u8 is_examined; /* the layout is that of its units */
    __u8 reserved[6];
    struct interspan_unit_layout layout;
};

struct known_processes {
    struct known_process places[KNOWN_PROCESSES];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1); /* the agent sets it: settings.scratch_slots */
    __type(key, __u32);
    __type(value, struct known_processes);
} processes SEC(".maps");

#endif
