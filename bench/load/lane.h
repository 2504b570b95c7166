/* A lane: one keep-alive connection that runs the plan's steps in a closed loop. */
#ifndef LANE_H
#define LANE_H

#include <stdint.h>

#include "plan.h"
#include "record.h"

struct lane {
    int number;
    int socket;
    int poll; /* the epoll descriptor the socket is registered with */
    int step;
    int idle; /* the run is over and the last operation finished */
    unsigned long operations;
    char op[32];
    double began; /* when the running operation sent its first byte */
    double sent_at; /* when the running request was sent: a silent server is an error */
    struct text request;
    size_t written;
    struct answer answer;
    struct text *values;
};

void lane_open(struct lane *lane, const struct plan *plan, struct record *record);

/* Begin an operation at its first step. */
void lane_begin(struct lane *lane, const struct plan *plan, struct record *record);

/* The socket can be read or written: go on. Finished operations and errors go into the record. */
void lane_ready(struct lane *lane, const struct plan *plan, struct record *record, uint32_t events);

/* Give up on a request that has had no answer for ten seconds. */
void lane_check_silence(struct lane *lane, const struct plan *plan, struct record *record);

#endif
