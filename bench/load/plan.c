#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cut the first word off `*rest`. */
static char *word(char **rest) {
    char *found = strsep(rest, " ");
    if (!found || !*found) stop_with("a line of the plan ends too early", "a word is missing");
    return found;
}

static char *whole_rest(char **rest) {
    return *rest ? *rest : "";
}

static struct step *current(struct plan *plan) {
    if (!plan->step_count) stop_with("the plan needs a step before this", "line outside a step");
    return &plan->steps[plan->step_count - 1];
}

static void read_value(struct plan *plan, char *rest) {
    int lane = atoi(word(&rest));
    char *name = word(&rest);
    if (lane < 0 || lane >= MAX_LANES) stop_with("no such lane", name);
    struct text *value = &plan->values[lane][names_index(&plan->names, name, strlen(name))];
    text_clear(value);
    text_append_string(value, whole_rest(&rest));
}

static enum place read_place(char **rest) {
    char *name = word(rest);
    if (!strcmp(name, "json")) return JSON;
    if (!strcmp(name, "location")) return LOCATION;
    stop_with("a value is in `json` or in `location`, not in", name);
}

static void read_rule(struct plan *plan, enum demand demand, char *rest) {
    struct step *step = current(plan);
    if (step->rule_count == MAX_RULES) stop_with("too many rules in a step", rest);
    struct rule *rule = &step->rules[step->rule_count++];
    rule->demand = demand;
    if (demand == KEPT) {
        char *name = word(&rest);
        rule->variable = names_index(&plan->names, name, strlen(name));
    }
    rule->place = demand == BEGINS ? LOCATION : read_place(&rest);
    if (demand != BEGINS) snprintf(rule->field, sizeof rule->field, "%s", word(&rest));
    if (demand == EQUAL || demand == BEGINS) rule->wanted = template_parse(whole_rest(&rest), &plan->names);
}

static void read_statuses(struct step *step, char *rest) {
    while (rest && *rest && step->status_count < MAX_STATUSES)
        step->statuses[step->status_count++] = atoi(word(&rest));
}

/* Header lines come one by one; the template wants them as one text. */
static void read_head(struct plan *plan, const char *line) {
    static struct text collected;
    struct step *step = current(plan);
    if (!step->head.count) text_clear(&collected);
    text_append_string(&collected, line);
    text_append_string(&collected, "\r\n");
    step->head = template_parse(collected.data, &plan->names);
}

static void read_body(struct plan *plan, const char *line) {
    struct step *step = current(plan);
    step->has_body = 1;
    step->body = template_parse(line, &plan->names);
}

static void open_step(struct plan *plan) {
    if (plan->step_count == MAX_STEPS) stop_with("too many steps", "step");
    plan->step_count++;
}

static void read_line(struct plan *plan, char *line) {
    char *rest = line;
    char *key = word(&rest);
    if (!strcmp(key, "address")) snprintf(plan->address, sizeof plan->address, "%s", word(&rest));
    else if (!strcmp(key, "port")) plan->port = atoi(word(&rest));
    else if (!strcmp(key, "lanes")) plan->lane_count = atoi(word(&rest));
    else if (!strcmp(key, "warm-up")) plan->warm_up = atof(word(&rest));
    else if (!strcmp(key, "seconds")) plan->seconds = atof(word(&rest));
    else if (!strcmp(key, "value")) read_value(plan, rest);
    else if (!strcmp(key, "step")) open_step(plan);
    else if (!strcmp(key, "head")) read_head(plan, whole_rest(&rest));
    else if (!strcmp(key, "body")) read_body(plan, whole_rest(&rest));
    else if (!strcmp(key, "status")) read_statuses(current(plan), rest);
    else if (!strcmp(key, "present")) read_rule(plan, PRESENT, rest);
    else if (!strcmp(key, "keep")) read_rule(plan, KEPT, rest);
    else if (!strcmp(key, "equal")) read_rule(plan, EQUAL, rest);
    else if (!strcmp(key, "begins")) read_rule(plan, BEGINS, rest);
    else stop_with("no such line in a plan", key);
}

static void check(const struct plan *plan) {
    if (plan->lane_count < 1 || plan->lane_count > MAX_LANES) stop_with("lanes must be 1 to 1024", "lanes");
    if (plan->seconds <= 0) stop_with("the plan measures no time", "seconds");
    if (!plan->step_count) stop_with("the plan has no step", "step");
}

void plan_read(struct plan *plan, const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    if (!file) stop_with("cannot open the plan", path);
    while (getline(&line, &capacity, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (*line) read_line(plan, line);
    }
    free(line);
    fclose(file);
    check(plan);
    for (int lane = 0; lane < plan->lane_count; lane++)
        for (int name = 0; name < plan->names.count; name++)
            if (!plan->values[lane][name].data) text_clear(&plan->values[lane][name]);
}
