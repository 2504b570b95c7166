/* The plan: what one operation is, read from the text that bench/plan.py writes (see bench/README.md). */
#ifndef PLAN_H
#define PLAN_H

#include "answer.h"
#include "text.h"

enum { MAX_STEPS = 4, MAX_RULES = 12, MAX_STATUSES = 4, MAX_LANES = 1024 };

enum place { JSON, LOCATION };
enum demand { PRESENT, KEPT, EQUAL, BEGINS };

/* One demand on an answer: a value is there, is there and kept in a variable, equals, or begins with. */
struct rule {
    enum demand demand;
    enum place place;
    char field[NAME_LENGTH]; /* empty: the whole Location */
    int variable;            /* KEPT */
    struct template wanted;  /* EQUAL, BEGINS */
};

struct step {
    struct template head; /* request line and header fields, each ended by CRLF */
    struct template body;
    int has_body;
    int statuses[MAX_STATUSES];
    int status_count;
    struct rule rules[MAX_RULES];
    int rule_count;
};

struct plan {
    char address[64];
    int port;
    int lane_count;
    double warm_up; /* seconds */
    double seconds;
    struct names names;
    struct text values[MAX_LANES][MAX_NAMES]; /* each lane's variables */
    struct step steps[MAX_STEPS];
    int step_count;
};

/* Read a plan; a line that is not understood ends the program with what was seen. */
void plan_read(struct plan *plan, const char *path);

#endif
