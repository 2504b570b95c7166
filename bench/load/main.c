/* load PLAN: run a plan against a server, one thread, every answer checked.
 *
 * Prints `measuring` and `measured` around the measured window, so that the caller can read the server's
 * processor time at the same moments, and the figures after it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "lane.h"
#include "plan.h"
#include "record.h"

static const double LONGEST_DRAIN = 3.0;

static struct plan plan;
static struct lane lanes[MAX_LANES];

static void open_lanes(struct record *record, int poll) {
    for (int i = 0; i < plan.lane_count; i++) {
        lanes[i] = (struct lane){.number = i, .poll = poll, .values = plan.values[i]};
        lane_open(&lanes[i], &plan, record);
    }
    for (int i = 0; i < plan.lane_count; i++) lane_begin(&lanes[i], &plan, record);
}

static int someone_is_busy(void) {
    for (int i = 0; i < plan.lane_count; i++)
        if (!lanes[i].idle) return 1;
    return 0;
}

/* Move to the next phase when its time has come; returns the time left in this one, in seconds. */
static double keep_time(struct record *record, double opened) {
    double start = opened + plan.warm_up, end = start + plan.seconds, time = now();
    if (record->phase == WARMING && time >= start) record_start(record);
    if (record->phase == MEASURING && time >= end) record_end(record);
    if (record->phase == WARMING) return start - time;
    return record->phase == MEASURING ? end - time : end + LONGEST_DRAIN - time;
}

static void run(struct record *record, int poll) {
    struct epoll_event events[MAX_LANES];
    double opened = now(), checked = opened, left;
    while ((left = keep_time(record, opened)) > 0) {
        if (record->phase == OVER && !someone_is_busy()) break;
        int wait = left > 0.5 ? 500 : (int)(left * 1000) + 1;
        int count = epoll_wait(poll, events, MAX_LANES, wait);
        keep_time(record, opened);
        for (int i = 0; i < count; i++) lane_ready(events[i].data.ptr, &plan, record, events[i].events);
        if (now() - checked < 1.0) continue;
        checked = now();
        for (int i = 0; i < plan.lane_count; i++) lane_check_silence(&lanes[i], &plan, record);
    }
}

int main(int count, char **arguments) {
    struct record record = {0};
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (count != 2) stop_with("usage", "load PLAN");
    plan_read(&plan, arguments[1]);
    open_lanes(&record, poll);
    run(&record, poll);
    record_print(&record);
    return 0;
}
