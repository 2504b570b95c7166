#include "answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct slice ABSENT = {NULL, 0};

void answer_clear(struct answer *answer) {
    text_clear(&answer->bytes);
    answer->body_start = answer->body_length = 0;
    answer->chunked = answer->status = answer->closes = 0;
}

struct slice answer_header(const struct answer *answer, const char *name) {
    size_t wanted = strlen(name);
    const char *end = answer->bytes.data + answer->body_start;
    const char *line = memchr(answer->bytes.data, '\n', answer->body_start);
    while (line && ++line < end) {
        const char *stop = memchr(line, '\r', (size_t)(end - line));
        if (!stop) break;
        if ((size_t)(stop - line) > wanted && line[wanted] == ':' && !strncasecmp(line, name, wanted)) {
            const char *value = line + wanted + 1;
            while (value < stop && *value == ' ') value++;
            return (struct slice){value, (size_t)(stop - value)};
        }
        line = memchr(stop, '\n', (size_t)(end - stop));
    }
    return ABSENT;
}

static int says(struct slice value, const char *word) {
    return value.data && value.length == strlen(word) && !strncasecmp(value.data, word, value.length);
}

static enum progress read_head(struct answer *answer) {
    const char *end = memmem(answer->bytes.data, answer->bytes.length, "\r\n\r\n", 4);
    if (!end) return INCOMPLETE;
    if (answer->bytes.length < 12 || memcmp(answer->bytes.data, "HTTP/1.1 ", 9)) return BROKEN;
    answer->body_start = (size_t)(end - answer->bytes.data) + 4;
    answer->status = atoi(answer->bytes.data + 9);
    answer->closes = says(answer_header(answer, "Connection"), "close");
    answer->chunked = says(answer_header(answer, "Transfer-Encoding"), "chunked");
    struct slice length = answer_header(answer, "Content-Length");
    if (length.data)
        answer->body_length = strtoul(length.data, NULL, 10);
    else if (!answer->chunked && answer->status != 204 && answer->status != 304)
        return BROKEN;
    return COMPLETE;
}

/* Find the last chunk; only then move the chunks together, so that a partial body is left as it came. */
static enum progress join_chunks(struct answer *answer) {
    char *start = answer->bytes.data + answer->body_start;
    char *end = answer->bytes.data + answer->bytes.length;
    char *into = start;
    for (int joining = 0; joining < 2; joining++) {
        char *at = start;
        for (;;) {
            char *line = memmem(at, (size_t)(end - at), "\r\n", 2);
            if (!line) return INCOMPLETE;
            size_t size = strtoul(at, NULL, 16);
            if (size > (size_t)(end - line) || (size_t)(end - line) < size + 4) return INCOMPLETE;
            if (joining) memmove(into, line + 2, size), into += size;
            at = line + 2 + size + 2;
            if (size == 0) break;
        }
    }
    answer->body_length = (size_t)(into - start);
    return COMPLETE;
}

enum progress answer_progress(struct answer *answer) {
    if (!answer->body_start) {
        enum progress head = read_head(answer);
        if (head != COMPLETE) return head;
    }
    if (answer->chunked) return join_chunks(answer);
    return answer->bytes.length >= answer->body_start + answer->body_length ? COMPLETE : INCOMPLETE;
}

static const char *skip_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

static struct slice json_value(const char *at, const char *end) {
    const char *start = at;
    if (at < end && *at == '"') {
        for (at = ++start; at < end && *at != '"'; at++)
            if (*at == '\\') at++;
        return at < end ? (struct slice){start, (size_t)(at - start)} : ABSENT;
    }
    while (at < end && !strchr(",}] \r\n\t", *at)) at++;
    return (struct slice){start, (size_t)(at - start)};
}

struct slice answer_json(const struct answer *answer, const char *field) {
    const char *at = answer->bytes.data + answer->body_start;
    const char *end = at + answer->body_length;
    size_t wanted = strlen(field);
    while ((at = memmem(at, (size_t)(end - at), field, wanted))) {
        const char *after = at + wanted;
        int quoted = at[-1] == '"' && after < end && *after == '"';
        after = quoted ? skip_space(after + 1, end) : after;
        if (quoted && after < end && *after == ':') return json_value(skip_space(after + 1, end), end);
        at += wanted;
    }
    return ABSENT;
}

struct slice answer_location(const struct answer *answer, const char *parameter) {
    struct slice location = answer_header(answer, "Location");
    size_t wanted = strlen(parameter);
    const char *at = location.data;
    const char *end = location.data + location.length;
    while (at && at < end) {
        int separates = *at == '?' || *at == '&' || *at == '#';
        at++;
        if (separates && (size_t)(end - at) > wanted && !memcmp(at, parameter, wanted) && at[wanted] == '=') {
            const char *value = at + wanted + 1;
            size_t length = 0;
            while (value + length < end && value[length] != '&' && value[length] != '#') length++;
            return (struct slice){value, length};
        }
    }
    return ABSENT;
}
