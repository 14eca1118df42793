"""Due work of auth: the first administrator, the signing keys by time, and what may be forgotten."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.plan import Job
from services.auth.lockouts.queries import forget_old
from services.auth.password_resets.commands import mail_links
from services.auth.password_resets.queries import forget_old as forget_resets
from services.auth.settings import Settings
from services.auth.signing_keys.commands import rotate_signing_keys
from services.auth.users.commands import begin_administration


def jobs(settings: Settings) -> Sequence[Job]:
    async def administration(session: AsyncSession) -> None:
        if settings.admin_email and settings.admin_password:
            password = settings.admin_password.get_secret_value()
            await begin_administration(session, settings.admin_email, password)

    return (
        Job("signing-keys", 60.0, rotate_signing_keys),
        Job("administration", 60.0, administration),
        Job("lockouts", 3600.0, forget_old),
        Job("password-resets", 1.0, mail_links),
        Job("old-password-resets", 3600.0, forget_resets),
    )
