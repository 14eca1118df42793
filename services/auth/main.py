"""The API process of auth."""

from libs.platform.app import create_app
from services.auth.api_keys.api import router as api_keys
from services.auth.departments.api import router as departments
from services.auth.password_resets.api import router as password_resets
from services.auth.roles.api import router as roles
from services.auth.second_factors.api import router as second_factors
from services.auth.sessions.api import router as sessions
from services.auth.settings import Settings
from services.auth.users.api import router as users

routers = [sessions, second_factors, password_resets, users, departments, roles, api_keys]
app = create_app(Settings(), __package__, routers)
