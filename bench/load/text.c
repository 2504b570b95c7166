#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LITERAL = -1, OPERATION = -2 };

struct piece {
    int variable; /* an index, LITERAL or OPERATION */
    char *data;
    size_t length;
};

void stop_with(const char *what, const char *seen) {
    fprintf(stderr, "load: %s: %.200s\n", what, seen);
    exit(2);
}

static void text_reserve(struct text *text, size_t length) {
    if (length + 1 <= text->capacity) return;
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity < length + 1) capacity *= 2;
    text->data = realloc(text->data, capacity);
    if (!text->data) stop_with("no memory", "realloc");
    text->capacity = capacity;
}

void text_clear(struct text *text) {
    text_reserve(text, 0);
    text->length = 0;
    text->data[0] = 0;
}

void text_append(struct text *text, const char *data, size_t length) {
    text_reserve(text, text->length + length);
    memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = 0;
}

void text_append_string(struct text *text, const char *string) {
    text_append(text, string, strlen(string));
}

static int unreserved(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void text_append_encoded(struct text *text, const char *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        char escaped[4];
        if (unreserved(c)) {
            text_append(text, data + i, 1);
        } else {
            snprintf(escaped, sizeof escaped, "%%%02X", c);
            text_append(text, escaped, 3);
        }
    }
}

void text_excerpt(struct text *text, const char *data, size_t length, size_t limit) {
    if (length > limit) length = limit;
    size_t start = text->length;
    text_append(text, data, length);
    for (size_t i = start; i < text->length; i++)
        if ((unsigned char)text->data[i] < 0x20) text->data[i] = ' ';
}

int names_index(struct names *names, const char *name, size_t length) {
    for (int i = 0; i < names->count; i++)
        if (strlen(names->list[i]) == length && !memcmp(names->list[i], name, length)) return i;
    if (names->count == MAX_NAMES || length >= NAME_LENGTH) stop_with("too many or too long names", name);
    memcpy(names->list[names->count], name, length);
    names->list[names->count][length] = 0;
    return names->count++;
}

static void template_add(struct template *template, int variable, const char *data, size_t length) {
    template->pieces = realloc(template->pieces, sizeof(struct piece) * (size_t)(template->count + 1));
    if (!template->pieces) stop_with("no memory", "realloc");
    struct piece *piece = &template->pieces[template->count++];
    *piece = (struct piece){.variable = variable, .data = strndup(data, length), .length = length};
}

struct template template_parse(const char *source, struct names *names) {
    struct template template = {0};
    while (*source) {
        const char *open = strchr(source, '{');
        const char *close = open ? strchr(open, '}') : NULL;
        if (open && !close) stop_with("a brace is not closed", source);
        if (!open) open = source + strlen(source);
        if (open > source) template_add(&template, LITERAL, source, (size_t)(open - source));
        if (!close) break;
        size_t length = (size_t)(close - open - 1);
        int is_operation = length == 2 && !memcmp(open + 1, "op", 2);
        template_add(&template, is_operation ? OPERATION : names_index(names, open + 1, length), "", 0);
        source = close + 1;
    }
    return template;
}

void template_render(const struct template *template, const struct text *values, const char *op,
                     struct text *into) {
    for (int i = 0; i < template->count; i++) {
        const struct piece *piece = &template->pieces[i];
        if (piece->variable == LITERAL)
            text_append(into, piece->data, piece->length);
        else if (piece->variable == OPERATION)
            text_append_string(into, op);
        else
            text_append(into, values[piece->variable].data, values[piece->variable].length);
    }
}
