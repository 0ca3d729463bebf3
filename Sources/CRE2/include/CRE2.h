#pragma once
#include <stddef.h>
#include <stdint.h>

/* Regular expressions in time that is linear in the text, whatever the text is: as much of RE2
 * (https://github.com/google/re2), which has no interface for C, as the agent needs. */

#ifdef __cplusplus
extern "C" {
#endif

/* A pattern, compiled. May be used by several threads at once. */
typedef struct cre2_pattern cre2_pattern;

/* Compiles a pattern of RE2's syntax, which takes at most max_memory bytes, the states that it builds while it is used
 * included. NULL when it is none: then `error` says why, cut to its room and ended by a zero byte, and error_at where,
 * bytes from the pattern's beginning. */
cre2_pattern *cre2_compile(
    const char *text, size_t count, int64_t max_memory, char *error, size_t error_room, size_t *error_at);

void cre2_free(cre2_pattern *pattern);

/* Whether the pattern occurs in a text. */
int cre2_matches(const cre2_pattern *pattern, const char *text, size_t count);

/* The first occurrence that begins at `from` or later; what is before it counts for \b and ^. 0 without one. */
int cre2_find(
    const cre2_pattern *pattern, const char *text, size_t count, size_t from, size_t *start, size_t *end);

#ifdef __cplusplus
}
#endif
