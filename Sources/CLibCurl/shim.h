#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* Variadic functions cannot be called from Swift: one form for each type of value. */

static inline CURLcode interspan_curl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode interspan_curl_set_offset(CURL *curl, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode interspan_curl_set_string(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode interspan_curl_set_pointer(CURL *curl, CURLoption option, const void *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode interspan_curl_set_write(CURL *curl, curl_write_callback function, void *context) {
    CURLcode result = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, function);
    return result == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_WRITEDATA, context) : result;
}

static inline CURLcode interspan_curl_get_long(CURL *curl, CURLINFO info, long *value) {
    return curl_easy_getinfo(curl, info, value);
}

static inline CURLcode interspan_curl_get_offset(CURL *curl, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(curl, info, value);
}

static inline CURLcode interspan_curl_get_string(CURL *curl, CURLINFO info, const char **value) {
    return curl_easy_getinfo(curl, info, value);
}

static inline CURLcode interspan_curl_set_header(CURL *curl, curl_write_callback function, void *context) {
    CURLcode result = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, function);
    return result == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_HEADERDATA, context) : result;
}

static inline CURLcode interspan_curl_set_prereq(CURL *curl, curl_prereq_callback function, void *context) {
    CURLcode result = curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, function);
    return result == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_PREREQDATA, context) : result;
}

static inline CURLcode interspan_curl_set_sockopt(CURL *curl, curl_sockopt_callback function, void *context) {
    CURLcode result = curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, function);
    return result == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_SOCKOPTDATA, context) : result;
}

/* The bytes are not copied: they must stay until the option is set anew or the handle is gone. */
static inline CURLcode interspan_curl_set_blob(CURL *curl, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = { (void *)bytes, count, CURL_BLOB_NOCOPY };
    return curl_easy_setopt(curl, option, bytes ? &blob : NULL);
}

static inline CURLMcode interspan_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
