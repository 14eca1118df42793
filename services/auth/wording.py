"""What users are written about their own sign-in, by kind and language: the subject line, then the text."""

from collections.abc import Mapping

from libs.contracts.mail import LINK

_NOT_YOU = "If it was not you, tell your administrator at once."
_NOT_YOU_ZH = "如非本人操作,请立即联系管理员。"
MAILS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "password-reset": {
        "en": (
            "Choose a new password",
            f"""Somebody, probably you, asked for a new password for Plexus. Choose it here within 30 minutes:

{LINK}

If it was not you, do nothing: your password stays as it is.
""",
        ),
        "zh": (
            "重设密码",
            f"""有人(可能是您本人)申请重设 Plexus 密码。请在 30 分钟内通过以下链接设置新密码:

{LINK}

如非本人操作,请忽略本邮件,密码不会改变。
""",
        ),
    },
    "password-was-reset": {
        "en": (
            "Your password was changed",
            f"""Your password for Plexus was set anew by a link from a mail, and all your sessions have ended.
{_NOT_YOU}
""",
        ),
        "zh": (
            "密码已修改",
            f"""您的 Plexus 密码已通过邮件链接重设,所有会话均已结束。
{_NOT_YOU_ZH}
""",
        ),
    },
    "second-factor-on": {
        "en": (
            "Your second factor is on",
            f"""From now on a sign-in to Plexus asks you for a code of your authenticator app too.
{_NOT_YOU}
""",
        ),
        "zh": (
            "双重验证已开启",
            f"""今后登录 Plexus 时,还需输入身份验证器中的动态码。
{_NOT_YOU_ZH}
""",
        ),
    },
    "second-factor-off": {
        "en": (
            "Your second factor is off",
            f"""A sign-in to Plexus asks you for no code any more: your second factor was turned off.
{_NOT_YOU}
""",
        ),
        "zh": (
            "双重验证已关闭",
            f"""您的双重验证已关闭,登录 Plexus 时不再需要动态码。
{_NOT_YOU_ZH}
""",
        ),
    },
    "invitation": {
        "en": (
            "You are invited to Plexus",
            f"""You have been given an account in Plexus. Choose your password here within 7 days:

{LINK}

Afterwards you sign in with this address and that password.
""",
        ),
        "zh": (
            "邀请您使用 Plexus",
            f"""已为您开通 Plexus 账号。请在 7 天内通过以下链接设置密码:

{LINK}

设置完成后,请使用本邮箱和密码登录。
""",
        ),
    },
}
