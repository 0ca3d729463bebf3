#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

struct cre2_pattern {
    RE2 expression;
    cre2_pattern(re2::StringPiece text, const RE2::Options &options) : expression(text, options) {}
};

extern "C" cre2_pattern *cre2_compile(
    const char *text, size_t count, int64_t max_memory, char *error, size_t error_room, size_t *error_at) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_memory);
    cre2_pattern *pattern = new (std::nothrow) cre2_pattern(re2::StringPiece(text, count), options);
    if (pattern == nullptr || pattern->expression.ok()) return pattern;
    // RE2 says which part is wrong rather than where it is.
    const std::string &part = pattern->expression.error_arg();
    const std::string whole(text, count);
    const size_t place = part.empty() || part == whole ? std::string::npos : whole.rfind(part);
    *error_at = place == std::string::npos ? 0 : place;
    const std::string &why = pattern->expression.error();
    if (error_room > 0) {
        const size_t length = std::min(why.size(), error_room - 1);
        std::memcpy(error, why.data(), length);
        error[length] = 0;
    }
    delete pattern;
    return nullptr;
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }

extern "C" int cre2_matches(const cre2_pattern *pattern, const char *text, size_t count) {
    return pattern->expression.Match(re2::StringPiece(text, count), 0, count, RE2::UNANCHORED, nullptr, 0);
}

extern "C" int cre2_find(
    const cre2_pattern *pattern, const char *text, size_t count, size_t from, size_t *start, size_t *end) {
    re2::StringPiece found;
    if (from > count) return 0;
    if (!pattern->expression.Match(re2::StringPiece(text, count), from, count, RE2::UNANCHORED, &found, 1)) return 0;
    *start = static_cast<size_t>(found.data() - text);
    *end = *start + found.size();
    return 1;
}
