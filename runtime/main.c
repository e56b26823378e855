/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - argv -> command table -> exit code; the only printer of errors */
int main(void)
{
	return 1;
}
