#pragma once
#include <zlib.h>

/* deflateInit2 is a macro. 31: the largest window, and gzip's header and trailer around the stream. */
static inline int interspan_gzip_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

/* inflateInit2 is a macro. 31: the largest window, and gzip's header and trailer around the stream. */
static inline int interspan_gunzip_init(z_stream *stream) {
    return inflateInit2(stream, 31);
}
