/* SPDX-License-Identifier: Apache-2.0 */
/* base/path.h - paths as strings; nothing here touches a file system */
#ifndef AGENTRUN_BASE_PATH_H
#define AGENTRUN_BASE_PATH_H

#include <stdbool.h>

struct arena;

/* path_clean: "/a//b/./c/../d" -> "/a/b/d"; a relative path is taken below "/". */
char *path_clean(struct arena *a, const char *path);
/* path_join: dir + "/" + name, one slash between them. An absolute name wins. */
char *path_join(struct arena *a, const char *dir, const char *name);
/* path_is_below: is path dir itself or below it? Both cleaned and absolute. */
bool path_is_below(const char *path, const char *dir);
/* path_has_dotdot: does any component equal ".."? */
bool path_has_dotdot(const char *path);
/* path_base: what follows the last slash. Points into path. */
const char *path_base(const char *path);
/* path_is_id: [A-Za-z0-9_+.-]{1,255}, not starting with '.': a container ID, a class. */
bool path_is_id(const char *s);

#endif
