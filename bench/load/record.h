/* What a run counted: operations and their latencies, errors with samples, the last good answer. */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "text.h"

enum { MAX_SAMPLES = 3 };
enum phase { WARMING, MEASURING, OVER };

struct record {
    enum phase phase;
    double started; /* of the measured window */
    double ended;
    double cpu_started;
    double cpu_ended;
    uint32_t *latencies; /* microseconds */
    size_t operations;
    size_t capacity;
    unsigned long errors; /* of the measured window */
    unsigned long early_errors; /* of the warm-up */
    unsigned long connections; /* opened, since the start */
    struct text samples;
    int sample_count;
    struct text last_body;
};

/* Seconds on the monotonic clock. */
double now(void);

void record_start(struct record *record);
void record_end(struct record *record);
void record_success(struct record *record, double seconds, const struct answer *answer);
void record_error(struct record *record, int step, const char *what, const char *excerpt);

/* Print the figures, one `name value` a line, for bench/generator.py. */
void record_print(struct record *record);

#endif
