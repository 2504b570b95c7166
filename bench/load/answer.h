/* One HTTP/1.1 answer (RFC 9112): framing, and looking values up in it. */
#ifndef ANSWER_H
#define ANSWER_H

#include <stddef.h>

#include "text.h"

enum progress { INCOMPLETE, COMPLETE, BROKEN };

struct slice {
    const char *data; /* NULL: not there */
    size_t length;
};

struct answer {
    struct text bytes; /* everything read so far; a chunked body is joined in place once complete */
    size_t body_start; /* 0 until the header section is complete */
    size_t body_length;
    int chunked;
    int status;
    int closes; /* the server said `Connection: close` */
};

void answer_clear(struct answer *answer);

/* Look at the bytes read so far. BROKEN: not HTTP, or a body whose end is not told by a length or chunks. */
enum progress answer_progress(struct answer *answer);

struct slice answer_header(const struct answer *answer, const char *name);

/* The value of the first member `field` anywhere in a JSON body: a string's content, or a literal's text. */
struct slice answer_json(const struct answer *answer, const char *field);

/* The still encoded value of a parameter in the query or fragment of the Location header. */
struct slice answer_location(const struct answer *answer, const char *parameter);

#endif
