/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "faults.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "log.h"

#define NANOSECONDS 1000000000LL

/* The lock is held only to look into the plan, never over a sleep or a call. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct plan current;

/* Calls skip the lock while there is nothing to do. */
static atomic_bool armed;
static atomic_ulong max_sessions;

void faults_set_plan(struct plan *plan)
{
    (void)pthread_mutex_lock(&lock);
    plan_clear(&current);
    current = *plan;
    memset(plan, 0, sizeof *plan);
    atomic_store(&armed, current.count > 0);
    atomic_store(&max_sessions, current.max_sessions);
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
}

CK_ULONG faults_max_sessions(void)
{
    return atomic_load(&max_sessions);
}

static bool plan_has_hang(const struct directive *hang)
{
    for (size_t i = 0; i < current.count; i++) {
        if (plan_same_hang(&current.directives[i], hang)) {
            return true;
        }
    }
    return false;
}

/* What one call has to suffer. */
struct fate {
    long long nanoseconds;
    CK_RV rv;
    bool hangs;
    struct directive hang;
};

/* Counts the call in each directive that is about it. Latencies add up; of failures the first counts. */
static void foresee(enum function function, struct fate *fate)
{
    for (size_t i = 0; i < current.count; i++) {
        struct directive *directive = &current.directives[i];
        if (directive->function != FN_ANY && directive->function != function) {
            continue;
        }
        directive->calls++;
        bool due = directive->nth == 0 || directive->nth == directive->calls;
        if (directive->fault == FAULT_LATENCY) {
            fate->nanoseconds += directive->nanoseconds;
        } else if (directive->fault == FAULT_FAIL && due && fate->rv == CKR_OK) {
            fate->rv = directive->rv;
        } else if (directive->fault == FAULT_HANG && due) {
            fate->hangs = true;
            fate->hang = *directive;
        }
    }
}

static void sleep_for(long long nanoseconds)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    long long sum = until.tv_nsec + nanoseconds;
    until.tv_sec += (time_t)(sum / NANOSECONDS);
    until.tv_nsec = (long)(sum % NANOSECONDS);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static void wait_while_hanging(const struct directive *hang)
{
    (void)pthread_mutex_lock(&lock);
    while (plan_has_hang(hang)) {
        (void)pthread_cond_wait(&changed, &lock);
    }
    (void)pthread_mutex_unlock(&lock);
}

CK_RV faults_before(enum function function)
{
    struct fate fate = {.rv = CKR_OK};
    if (!atomic_load(&armed)) {
        return CKR_OK;
    }
    (void)pthread_mutex_lock(&lock);
    foresee(function, &fate);
    (void)pthread_mutex_unlock(&lock);

    if (fate.nanoseconds > 0) {
        sleep_for(fate.nanoseconds);
    }
    if (fate.hangs) {
        say_verbose("%s hangs, as told", function_name(function));
        wait_while_hanging(&fate.hang);
    }
    if (fate.rv != CKR_OK) {
        say_verbose("%s fails with 0x%lx, as told", function_name(function), fate.rv);
    }
    return fate.rv;
}
