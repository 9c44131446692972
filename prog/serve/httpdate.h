/*
 * serve/httpdate.h - dates as HTTP writes them (RFC 9110 section 5.6.7)
 */
#ifndef WRIT_SERVE_HTTPDATE_H
#define WRIT_SERVE_HTTPDATE_H

#include <stdint.h>

#define HTTPDATE_TEXT 30 /* "Wed, 25 Nov 2026 07:00:00 GMT" and its NUL */

void httpdate_format(int64_t t, char text[HTTPDATE_TEXT]);

#endif
