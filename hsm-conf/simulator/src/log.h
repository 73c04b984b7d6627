/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lines on stderr. Nothing secret is ever given to them. */
#ifndef SIM_LOG_H
#define SIM_LOG_H

/* One line, "sk-simulator: " before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, only with SK_SIMULATOR_VERBOSE=1. */
void say_verbose(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads SK_SIMULATOR_VERBOSE. Called by C_Initialize. */
void log_start(void);

#endif
