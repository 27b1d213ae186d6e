"""Banners, settings and cancellation reasons."""

from __future__ import annotations

import msgspec
from dishka.integrations.litestar import FromDishka, inject
from litestar import Controller, Response, get

from muvi.adapters.http.problems import problems, shows
from muvi.adapters.http.public.browsing import PublicLinks, answer
from muvi.adapters.http.public.queries import Req
from muvi.adapters.http.ready import ReadyAnswers
from muvi.adapters.http.wire import Answer, wire_id
from muvi.application.content.read_content import ListBanners, ListCancellationReasons, ReadSettings
from muvi.domain.content.settings import ChainSettings
from muvi.domain.shared.text import Language
from muvi.ports.content.content import BannerView


class BannerShown(Answer, frozen=True):
    """A banner. `link` is a page of the website or a whole address."""

    id: int
    title: str
    desktop_image: str
    mobile_image: str
    link: str
    button_text: str
    bannerable_type: str
    bannerable_id: str

    @classmethod
    def of(cls, one: BannerView, language: Language, links: PublicLinks) -> BannerShown:
        """In one language."""
        return cls(
            id=one.id,
            title=one.title.in_(language),
            desktop_image=links.absolute(one.desktop_image.in_(language)),
            mobile_image=links.absolute(one.mobile_image.in_(language)),
            link=one.link.in_(language),
            button_text=one.button.in_(language),
            bannerable_type=one.subject_type,
            bannerable_id=one.subject_id,
        )


class ReasonShown(Answer, frozen=True):
    """Why somebody cancels."""

    id: str
    text: str


class SettingsShown(Answer, frozen=True):
    """Settings of the chain that clients act on. Names say the unit where it is not seconds."""

    maintenance_mode: bool
    checkout_timeout_minutes: int
    app_store_url: str
    play_store_url: str
    max_seats: int
    checkout_extended_time: int = msgspec.field(name="checkoutExtendedTimeIn3ds")
    otp_count_down: int = msgspec.field(name="OTPCountDown")
    count_minutes_since_start_film: int
    count_minutes_after_finish_film: int
    check_gap_between_seats_rule: bool
    check_gap_with_path_rule: bool
    experience_description: str
    offer_description: str
    contact_us_description: str
    food_menu_description: str
    voucher_redemption_description: str

    @classmethod
    def of(cls, one: ChainSettings, language: Language) -> SettingsShown:
        """In one language."""
        return cls(
            maintenance_mode=one.maintenance_mode,
            checkout_timeout_minutes=one.checkout_timeout_min,
            app_store_url=one.app_store_url,
            play_store_url=one.play_store_url,
            max_seats=one.max_seats,
            checkout_extended_time=one.checkout_extended_time_in_3ds_s,
            otp_count_down=one.otp_count_down_s,
            count_minutes_since_start_film=one.minutes_since_start_film,
            count_minutes_after_finish_film=one.minutes_after_finish_film,
            check_gap_between_seats_rule=one.check_gap_between_seats_rule,
            check_gap_with_path_rule=one.check_gap_with_path_rule,
            experience_description=one.experience_description.in_(language),
            offer_description=one.offer_description.in_(language),
            contact_us_description=one.contact_us_description.in_(language),
            food_menu_description=one.food_menu_description.in_(language),
            voucher_redemption_description=one.voucher_redemption_description.in_(language),
        )


class Content(Controller):
    """`/banners`, `/settings`, `/cancellation-reasons`."""

    path = "/"
    tags = ("content",)

    @get(
        "/banners",
        operation_id="listBanners",
        responses={200: shows(list[BannerShown]), **problems(503)},
    )
    @inject
    async def banners(
        self,
        request: Req,
        find: FromDishka[ListBanners],
        ready: FromDishka[ReadyAnswers],
        links: FromDishka[PublicLinks],
    ) -> Response[bytes]:
        """Banners in their order."""

        async def make(language: Language) -> object:
            return [BannerShown.of(one, language, links) for one in await find()]

        return await answer(request, ready, make)

    @get(
        "/settings",
        operation_id="readSettings",
        responses={200: shows(SettingsShown), **problems(503)},
    )
    @inject
    async def settings(
        self, request: Req, read: FromDishka[ReadSettings], ready: FromDishka[ReadyAnswers]
    ) -> Response[bytes]:
        """Settings of the chain."""

        async def make(language: Language) -> object:
            return SettingsShown.of(await read(), language)

        return await answer(request, ready, make)

    @get(
        "/cancellation-reasons",
        operation_id="listCancellationReasons",
        responses={200: shows(list[ReasonShown]), **problems(503)},
    )
    @inject
    async def reasons(
        self, request: Req, find: FromDishka[ListCancellationReasons], ready: FromDishka[ReadyAnswers]
    ) -> Response[bytes]:
        """Reasons to choose from when cancelling."""

        async def make(language: Language) -> object:
            return [ReasonShown(id=wire_id(one.id), text=one.text.in_(language)) for one in await find()]

        return await answer(request, ready, make)
