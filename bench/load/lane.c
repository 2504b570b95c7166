#include "lane.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const double LONGEST_SILENCE = 10.0;

static void listen_for(struct lane *lane, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = lane};
    epoll_ctl(lane->poll, operation, lane->socket, &event);
}

void lane_open(struct lane *lane, const struct plan *plan, struct record *record) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plan->port)};
    int on = 1;
    if (inet_pton(AF_INET, plan->address, &address.sin_addr) != 1)
        stop_with("the address must be an IPv4 address", plan->address);
    lane->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Connecting blocks: on loopback it takes microseconds, and happens once a lane in a healthy run. */
    if (connect(lane->socket, (struct sockaddr *)&address, sizeof address))
        stop_with("the server does not accept connections", strerror(errno));
    setsockopt(lane->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    listen_for(lane, EPOLLIN, EPOLL_CTL_ADD);
    record->connections++;
}

static void reopen(struct lane *lane, const struct plan *plan, struct record *record) {
    close(lane->socket);
    lane_open(lane, plan, record);
}

static void write_request(struct lane *lane) {
    while (lane->written < lane->request.length) {
        ssize_t count = send(lane->socket, lane->request.data + lane->written,
                             lane->request.length - lane->written, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0) {
            if (errno == EAGAIN) listen_for(lane, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return; /* a broken connection shows when it is read */
        }
        lane->written += (size_t)count;
    }
}

static void send_step(struct lane *lane, const struct plan *plan) {
    static struct text body;
    const struct step *step = &plan->steps[lane->step];
    char length[48];
    text_clear(&lane->request);
    template_render(&step->head, lane->values, lane->op, &lane->request);
    if (step->has_body) {
        text_clear(&body);
        template_render(&step->body, lane->values, lane->op, &body);
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", body.length);
        text_append_string(&lane->request, length);
    }
    text_append(&lane->request, "\r\n", 2);
    if (step->has_body) text_append(&lane->request, body.data, body.length);
    answer_clear(&lane->answer);
    lane->written = 0;
    lane->sent_at = now();
    write_request(lane);
}

void lane_begin(struct lane *lane, const struct plan *plan, struct record *record) {
    if (record->phase == OVER) {
        lane->idle = 1;
        return;
    }
    lane->step = 0;
    snprintf(lane->op, sizeof lane->op, "%d-%lu", lane->number, ++lane->operations);
    lane->began = now();
    send_step(lane, plan);
}

static void fail(struct lane *lane, const struct plan *plan, struct record *record, const char *what) {
    const struct answer *answer = &lane->answer;
    struct text excerpt = {0};
    text_excerpt(&excerpt, answer->bytes.data, answer->bytes.length, 400);
    record_error(record, lane->step, what, excerpt.data ? excerpt.data : "");
    free(excerpt.data);
    lane_begin(lane, plan, record);
}

static void fail_and_reopen(struct lane *lane, const struct plan *plan, struct record *record,
                            const char *what) {
    reopen(lane, plan, record);
    fail(lane, plan, record, what);
}

static struct slice find(const struct lane *lane, const struct rule *rule) {
    if (rule->demand == BEGINS) return answer_header(&lane->answer, "Location");
    return rule->place == JSON ? answer_json(&lane->answer, rule->field)
                               : answer_location(&lane->answer, rule->field);
}

static void keep(struct lane *lane, const struct rule *rule, struct slice value) {
    struct text *kept = &lane->values[rule->variable];
    text_clear(kept);
    if (rule->place == JSON)
        text_append_encoded(kept, value.data, value.length);
    else
        text_append(kept, value.data, value.length);
}

static int matches(const struct lane *lane, const struct rule *rule, struct slice value) {
    static struct text wanted;
    text_clear(&wanted);
    template_render(&rule->wanted, lane->values, lane->op, &wanted);
    if (rule->demand == EQUAL && value.length != wanted.length) return 0;
    return value.length >= wanted.length && !memcmp(value.data, wanted.data, wanted.length);
}

static int obeys(struct lane *lane, const struct rule *rule) {
    struct slice value = find(lane, rule);
    if (!value.data || !value.length) return 0;
    if (rule->demand == KEPT) keep(lane, rule, value);
    return rule->demand == PRESENT || rule->demand == KEPT || matches(lane, rule, value);
}

static int status_is_wanted(const struct step *step, int status) {
    for (int i = 0; i < step->status_count; i++)
        if (step->statuses[i] == status) return 1;
    return 0;
}

/* What is wrong with the complete answer, or NULL. */
static const char *objection(struct lane *lane, const struct step *step) {
    static char what[128];
    if (!status_is_wanted(step, lane->answer.status)) {
        snprintf(what, sizeof what, "status %d", lane->answer.status);
        return what;
    }
    for (int i = 0; i < step->rule_count; i++) {
        const struct rule *rule = &step->rules[i];
        if (obeys(lane, rule)) continue;
        snprintf(what, sizeof what, "missing or wrong: %s", *rule->field ? rule->field : "Location");
        return what;
    }
    return NULL;
}

static void take_answer(struct lane *lane, const struct plan *plan, struct record *record) {
    const char *what = objection(lane, &plan->steps[lane->step]);
    if (lane->answer.closes) reopen(lane, plan, record);
    if (what) {
        fail(lane, plan, record, what);
    } else if (++lane->step < plan->step_count) {
        send_step(lane, plan);
    } else {
        record_success(record, now() - lane->began, &lane->answer);
        lane_begin(lane, plan, record);
    }
}

static void read_answer(struct lane *lane, const struct plan *plan, struct record *record) {
    char bytes[65536];
    ssize_t count = recv(lane->socket, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 && lane->idle) {
        listen_for(lane, 0, EPOLL_CTL_DEL);
        return;
    }
    if (count <= 0) {
        fail_and_reopen(lane, plan, record, "the connection was closed before the answer was complete");
        return;
    }
    text_append(&lane->answer.bytes, bytes, (size_t)count);
    enum progress progress = answer_progress(&lane->answer);
    if (progress == BROKEN) fail_and_reopen(lane, plan, record, "not an HTTP/1.1 answer with a length");
    if (progress == COMPLETE) take_answer(lane, plan, record);
}

void lane_ready(struct lane *lane, const struct plan *plan, struct record *record, uint32_t events) {
    if (events & EPOLLOUT) {
        listen_for(lane, EPOLLIN, EPOLL_CTL_MOD);
        write_request(lane);
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_answer(lane, plan, record);
}

void lane_check_silence(struct lane *lane, const struct plan *plan, struct record *record) {
    if (!lane->idle && now() - lane->sent_at > LONGEST_SILENCE)
        fail_and_reopen(lane, plan, record, "no answer within 10 seconds");
}
