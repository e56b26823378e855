/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-audit.c - a file that somebody wrote to: no crash, and a reason */
#include <stdint.h>
#include <stdlib.h>

#include "audit/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct audit_verdict v;
	bool sealed;

	if (audit_verify((const char *)data, size, 0, &v) != 0 && !v.why[0])
		abort();
	(void)audit_next_seq((const char *)data, size, "00", &sealed);
	return 0;
}
