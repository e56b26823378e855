/* SPDX-License-Identifier: Apache-2.0 */
/* apply/uts.c - host and domain name, in the container's own uts namespace */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/ns.h"

int apply_uts(const struct plan_ns *ns, struct err *err)
{
	/* SECURITY: plan/ns.c has refused a name without a namespace for it. */
	if (!ns->has[NS_UTS])
		return 0;
	if (ns->hostname && sethostname(ns->hostname, strlen(ns->hostname)) < 0)
		return err_sys(err, -errno, "/hostname: cannot set %s",
			       str_quote(ns->hostname));
	if (ns->domainname && setdomainname(ns->domainname, strlen(ns->domainname)) < 0)
		return err_sys(err, -errno, "/domainname: cannot set %s",
			       str_quote(ns->domainname));
	return 0;
}
