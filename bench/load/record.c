#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double own_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void announce(const char *word) {
    puts(word);
    fflush(stdout);
}

void record_start(struct record *record) {
    announce("measuring");
    record->phase = MEASURING;
    record->cpu_started = own_cpu();
    record->started = now();
}

void record_end(struct record *record) {
    record->phase = OVER;
    record->ended = now();
    record->cpu_ended = own_cpu();
    announce("measured");
}

static void keep_latency(struct record *record, double seconds) {
    if (record->operations == record->capacity) {
        record->capacity = record->capacity ? record->capacity * 2 : 65536;
        record->latencies = realloc(record->latencies, record->capacity * sizeof *record->latencies);
        if (!record->latencies) stop_with("no memory", "latencies");
    }
    record->latencies[record->operations++] = (uint32_t)(seconds * 1e6);
}

void record_success(struct record *record, double seconds, const struct answer *answer) {
    if (record->phase != MEASURING) return;
    keep_latency(record, seconds);
    if (record->operations % 64 == 1) {
        text_clear(&record->last_body);
        text_excerpt(&record->last_body, answer->bytes.data + answer->body_start, answer->body_length, 65536);
    }
}

void record_error(struct record *record, int step, const char *what, const char *excerpt) {
    char line[640];
    if (record->phase == MEASURING) record->errors++;
    if (record->phase == WARMING) record->early_errors++;
    if (record->phase == OVER || record->sample_count == MAX_SAMPLES) return;
    record->sample_count++;
    snprintf(line, sizeof line, "sample step %d: %s: %s\n", step + 1, what, excerpt);
    text_append_string(&record->samples, line);
}

static int by_size(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static uint32_t quantile(const struct record *record, double share) {
    if (!record->operations) return 0;
    return record->latencies[(size_t)(share * (double)(record->operations - 1))];
}

void record_print(struct record *record) {
    if (record->operations) qsort(record->latencies, record->operations, sizeof(uint32_t), by_size);
    printf("operations %zu\n", record->operations);
    printf("seconds %.6f\n", record->ended - record->started);
    printf("errors %lu\n", record->errors);
    printf("early_errors %lu\n", record->early_errors);
    printf("connections %lu\n", record->connections);
    printf("cpu_seconds %.6f\n", record->cpu_ended - record->cpu_started);
    printf("p50_us %u\n", quantile(record, 0.50));
    printf("p99_us %u\n", quantile(record, 0.99));
    printf("max_us %u\n", quantile(record, 1.0));
    if (record->samples.data) fputs(record->samples.data, stdout);
    if (record->last_body.data) printf("answer %s\n", record->last_body.data);
}
