/* SPDX-License-Identifier: Apache-2.0 */
/* base/sha256.h - SHA-256 (FIPS 180-4), for policy hashes and the audit chain */
#ifndef AGENTRUN_BASE_SHA256_H
#define AGENTRUN_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
	uint32_t state[8];
	uint64_t n_bytes;
	unsigned char block[64];
};

void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, const void *data, size_t len);
void sha256_final(struct sha256 *s, unsigned char out[32]);
/* sha256_hex: all of it at once, as 64 lower-case digits and a NUL. */
void sha256_hex(const void *data, size_t len, char out[65]);

#endif
