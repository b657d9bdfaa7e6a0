#include "rbacctl/system_log.h"

#include <syslog.h>

#include "rbacctl/wake.h"

bool system_log(int priority, const char *text)
{
	struct wake w;
	bool bounded = wake_begin(&w, SYSTEM_LOG_SECONDS), late;

	openlog("rbacctl", LOG_PID, LOG_AUTHPRIV);
	/* When its send(2) is interrupted it connects anew and sends once more, until the next
	 * alarm. */
	syslog(LOG_AUTHPRIV | priority, "%s", text);
	closelog();
	late = bounded && wake_due(&w);
	if (bounded)
		wake_end(&w);
	return !late;
}
