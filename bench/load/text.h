/* Growable text, and templates with places for a lane's variables. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

struct text {
    char *data; /* always ends in a NUL that `length` does not count */
    size_t length;
    size_t capacity;
};

void text_clear(struct text *text);
void text_append(struct text *text, const char *data, size_t length);
void text_append_string(struct text *text, const char *string);

/* Append `data` in the application/x-www-form-urlencoded form, so that a kept value may go back into a body. */
void text_append_encoded(struct text *text, const char *data, size_t length);

/* Print a one-line excerpt: control characters become spaces, at most `limit` characters. */
void text_excerpt(struct text *text, const char *data, size_t length, size_t limit);

/* The variables of one lane, by the index their name has in `struct names`. */
enum { MAX_NAMES = 24, NAME_LENGTH = 48 };

struct names {
    char list[MAX_NAMES][NAME_LENGTH];
    int count;
};

/* The index of `name`, which is added when it is new. Ends the program when there are too many. */
int names_index(struct names *names, const char *name, size_t length);

/* Literal text with `{name}` places; the name `op` stands for a number no other operation of the run has. */
struct template {
    struct piece *pieces;
    int count;
};

struct template template_parse(const char *source, struct names *names);
void template_render(const struct template *template, const struct text *values, const char *op,
                     struct text *into);

/* Say what is wrong with the plan or the machine and end with status 2. */
_Noreturn void stop_with(const char *what, const char *seen);

#endif
