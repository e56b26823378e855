/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-sha256.c - NIST's vectors (FIPS 180-4 examples, CAVP short messages) */
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "base/str.h"
#include "tap.h"

static const struct {
	const char *hex; /* the message */
	const char *sum;
} vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "6162636462636465636465666465666765666768666768696768696a68696a6b"
	  "696a6b6c6a6b6c6d6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "d3", "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1" },
	{ "11af", "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98" },
	{ "b4190e", "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2" },
	{ "74ba2521",
	  "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e" },
};

static size_t unhex(const char *s, unsigned char *out)
{
	size_t n = 0;

	for (; s[0] && s[1]; s += 2) {
		char byte[3] = { s[0], s[1], 0 };

		out[n++] = (unsigned char)strtoul(byte, NULL, 16);
	}
	return n;
}

static void hex_of(struct sha256 *s, char out[65])
{
	unsigned char sum[32];

	sha256_final(s, sum);
	for (size_t i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", sum[i]);
}

int main(void)
{
	unsigned char message[128], chunk[1000];
	struct sha256 s;
	char hex[65];

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		size_t n = unhex(vectors[i].hex, message);

		sha256_hex(message, n, hex);
		is_str(hex, vectors[i].sum, vectors[i].hex);
		/* the same, byte by byte */
		sha256_init(&s);
		for (size_t j = 0; j < n; j++)
			sha256_update(&s, message + j, 1);
		hex_of(&s, hex);
		is_str(hex, vectors[i].sum, "byte by byte");
	}
	memset(chunk, 'a', sizeof(chunk));
	sha256_init(&s);
	for (int i = 0; i < 1000; i++)
		sha256_update(&s, chunk, sizeof(chunk));
	hex_of(&s, hex);
	is_str(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	       "a million times 'a'");
	return done();
}
