"""Signing in."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

from dishka import AnyOf, Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine

from muvi.adapters.db.identity import SqlProfiles
from muvi.adapters.db.notifications import Notifications
from muvi.adapters.db.sms_senders import CHANNEL, RecentChosenSender, SqlSenderChoices
from muvi.adapters.db.unit_of_work import SqlUnitOfWork
from muvi.adapters.http.public.sign_in import SignIn
from muvi.adapters.sms.phone_numbers import LibPhoneNumbers
from muvi.adapters.sms.spared import SparedSmsOtp
from muvi.adapters.tokens.jwt_rs256 import JwtTokens
from muvi.adapters.tokens.keys import TokenKeys, kept_key, read_keys
from muvi.application.identity.otp_senders import OtpSenders
from muvi.application.identity.read_profile import ReadProfile
from muvi.application.identity.refresh_session import RefreshSession
from muvi.application.identity.send_otp import SendOtp
from muvi.application.identity.verify_otp import VerifyOtp
from muvi.entrypoints.settings import Settings
from muvi.entrypoints.sms_senders import set_up
from muvi.ports.clock import Clock
from muvi.ports.identity.phones import PhoneNumbers
from muvi.ports.identity.sms_otp import SmsOtp
from muvi.ports.identity.tokens import AccessTokens, SessionTokens
from muvi.ports.identity.transaction import IdentityTx
from muvi.ports.identity.users import Profiles
from muvi.ports.transaction import UnitOfWork

TOKEN_KEY = "token-key.pem"  # noqa: S105  (a file's name)


class IdentityProvider(Provider):
    """Codes by texts, tokens by RS256, rows on PostgreSQL."""

    scope = Scope.APP

    @provide
    def phones(self) -> PhoneNumbers:
        """Google's metadata."""
        return LibPhoneNumbers()

    @provide
    async def senders(
        self, settings: Settings, clock: Clock, chosen: RecentChosenSender
    ) -> AsyncGenerator[OtpSenders]:
        """Those that are set up, in the order of the house."""
        partners: dict[str, SmsOtp] = {}
        async with AsyncExitStack() as stack:
            for name, sender in set_up(settings).items():
                http, partner = sender.connect()
                stack.push_async_callback(http.aclose)
                partners[name] = SparedSmsOtp(partner, name, clock)
            yield OtpSenders(partners, chosen)

    @provide
    def chosen_sender(
        self, engine: AsyncEngine, clock: Clock, notifications: Notifications
    ) -> RecentChosenSender:
        """Read again after seconds, or when somebody chose."""
        chosen = RecentChosenSender(SqlSenderChoices(engine), clock)
        notifications.subscribe(CHANNEL, lambda _: chosen.drop())
        notifications.on_gap(chosen.drop)
        return chosen

    @provide
    def tokens(self, settings: Settings, clock: Clock) -> AnyOf[SessionTokens, AccessTokens]:
        """Signed with the first configured key; without any one is made and kept under MUVI_HOME."""
        given = settings.jwt_keys
        keys = read_keys(given) if given else TokenKeys(kept_key(settings.home / "keys" / TOKEN_KEY))
        return JwtTokens(
            keys.signing,
            clock,
            access_s=settings.access_token_s,
            refresh_s=settings.refresh_token_s,
            former=keys.former,
        )

    @provide
    def phases(self, begin: SqlUnitOfWork) -> UnitOfWork[IdentityTx]:
        """Identity's view of a transaction."""
        return begin

    @provide
    def profiles(self, engine: AsyncEngine) -> Profiles:
        """The table of people."""
        return SqlProfiles(engine)


class IdentityUseCases(Provider):
    """What a request may ask for."""

    scope = Scope.REQUEST
    send = provide(SendOtp)
    verify = provide(VerifyOtp)
    refresh = provide(RefreshSession)
    profile = provide(ReadProfile)
    sign_in = provide(SignIn)
