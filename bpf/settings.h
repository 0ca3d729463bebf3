/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What is fixed before the programs are loaded. It lies in a read-only section of its own, which is frozen: the
 * verifier takes the values for constants and removes what they switch off. Written by the agent, read by every
 * program.
 */
#ifndef INTERSPAN_SETTINGS_H
#define INTERSPAN_SETTINGS_H

#include "kernel.h"
#include "interspan.h"

const volatile struct interspan_settings settings SEC(".rodata.settings") = {};

#endif
