/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "lifecycle.h"
#include "log.h"

#define FILE_MAX 65536
#define LOOK_EVERY_NANOSECONDS 10000000L

/* What tells one state of the file from another. */
struct identity {
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

/* Held while the file is looked at and its plan handed over. The faults' lock and the lifecycle's come after it. */
static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;
static char *path;
static char *from_environment;
static struct identity seen;

static pthread_t watcher;
static bool watching;
static bool stopping;
static pthread_mutex_t stop_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stop_changed = PTHREAD_COND_INITIALIZER;

static bool same_time(struct timespec one, struct timespec other)
{
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static bool same(const struct identity *one, const struct identity *other)
{
    return one->exists == other->exists && one->device == other->device && one->inode == other->inode
           && one->size == other->size && same_time(one->modified, other->modified)
           && same_time(one->changed, other->changed);
}

static struct identity identify(const struct stat *status)
{
    return (struct identity){true,         status->st_dev,  status->st_ino,
                             status->st_size, status->st_mtim, status->st_ctim};
}

static struct identity look(void)
{
    struct stat status;
    return stat(path, &status) == 0 ? identify(&status) : (struct identity){0};
}

static size_t read_all(int descriptor, char *text)
{
    size_t length = 0;
    while (length < FILE_MAX) {
        ssize_t n = read(descriptor, text + length, FILE_MAX - length);
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            break;
        }
        length += n > 0 ? (size_t)n : 0;
    }
    return length;
}

/* The file's directives into the plan. The identity is that of the file that was read. */
static bool read_file(struct plan *plan)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    memset(&seen, 0, sizeof seen);
    if (descriptor < 0) {
        if (errno != ENOENT) {
            say("cannot read %s: %s", path, strerror(errno));
            seen = look();
        }
        return true;
    }
    bool good = false;
    char *text = calloc(1, FILE_MAX + 1);
    if (text != NULL && fstat(descriptor, &status) == 0) {
        (void)read_all(descriptor, text);
        seen = identify(&status);
        good = plan_add(plan, text, path);
    }
    free(text);
    (void)close(descriptor);
    return good;
}

static bool read_plan(struct plan *plan)
{
    bool good = true;
    memset(plan, 0, sizeof *plan);
    if (from_environment != NULL) {
        good = plan_add(plan, from_environment, "SK_SIMULATOR_FAULTS");
    }
    if (path != NULL) {
        good = read_file(plan) && good;
    }
    return good;
}

/* The device first: a call that the new plan lets go on must find it gone. */
static void hand_over(struct plan *plan)
{
    lifecycle_set_device(plan->gone, plan->reinitialise, plan->drop_sessions);
    faults_set_plan(plan);
}

static char *copy_of_environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? strdup(value) : NULL;
}

static void forget(void)
{
    free(path);
    free(from_environment);
    path = NULL;
    from_environment = NULL;
}

CK_RV control_read(void)
{
    struct plan plan;
    (void)pthread_mutex_lock(&looking);
    path = copy_of_environment("SK_SIMULATOR_CONTROL");
    from_environment = copy_of_environment("SK_SIMULATOR_FAULTS");
    bool good = read_plan(&plan);
    if (good) {
        hand_over(&plan);
    } else {
        plan_clear(&plan);
        forget();
    }
    (void)pthread_mutex_unlock(&looking);
    return good ? CKR_OK : CKR_GENERAL_ERROR;
}

void control_look(void)
{
    (void)pthread_mutex_lock(&looking);
    if (path != NULL) {
        struct identity now = look();
        if (!same(&now, &seen)) {
            struct plan plan;
            (void)read_plan(&plan);
            hand_over(&plan);
        }
    }
    (void)pthread_mutex_unlock(&looking);
}

/* Waits for the next look. False when it is time to end. */
static bool wait_for_next_look(void)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_EVERY_NANOSECONDS;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_mutex_lock(&stop_lock);
    int waited = 0;
    while (!stopping && waited != ETIMEDOUT) {
        waited = pthread_cond_clockwait(&stop_changed, &stop_lock, CLOCK_MONOTONIC, &until);
    }
    bool go_on = !stopping;
    (void)pthread_mutex_unlock(&stop_lock);
    return go_on;
}

static void *watch(void *unused)
{
    (void)unused;
    while (wait_for_next_look()) {
        control_look();
    }
    return NULL;
}

CK_RV control_watch(void)
{
    if (path == NULL) {
        return CKR_OK;
    }
    /* The application's signals are not for this thread. */
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    stopping = false;
    int failed = pthread_create(&watcher, NULL, watch, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    watching = failed == 0;
    return watching ? CKR_OK : CKR_HOST_MEMORY;
}

void control_stop(void)
{
    if (watching) {
        (void)pthread_mutex_lock(&stop_lock);
        stopping = true;
        (void)pthread_cond_signal(&stop_changed);
        (void)pthread_mutex_unlock(&stop_lock);
        (void)pthread_join(watcher, NULL);
        watching = false;
    }
    struct plan none = {0};
    (void)pthread_mutex_lock(&looking);
    faults_set_plan(&none);
    forget();
    (void)pthread_mutex_unlock(&looking);
}
