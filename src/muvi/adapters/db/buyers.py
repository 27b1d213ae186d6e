"""What `users` tells of a buyer."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

from muvi.adapters.db.tables.identity import users
from muvi.domain.orders.order import BuyerDetails
from muvi.ports.orders.buyers import Buyers

_U = users.c
_QUERY = select(_U.first_name, _U.last_name, _U.email, _U.phone).where(_U.id == bindparam("key"))


class SqlBuyers(Buyers):
    """Reads within a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @override
    async def of(self, owner_id: UUID) -> BuyerDetails:
        row = (await self._connection.execute(_QUERY, {"key": owner_id})).one_or_none()
        if row is None:
            return BuyerDetails()
        name = f"{row.first_name} {row.last_name}".strip()
        return BuyerDetails.of_profile(name=name, email=row.email, phone=row.phone)
