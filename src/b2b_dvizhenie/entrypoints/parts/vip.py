"""VIP companies, partner offers, candidates."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.views.vip import PostgresVipReader
from b2b_dvizhenie.adapters.postgres.vip import PostgresVipTransaction
from b2b_dvizhenie.application import vip
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.companies import Companies


class Vip(Companies):
    """VIP companies, partner offers, candidates."""

    vip_work = providers.Factory(PostgresVipTransaction, Base.database, Base.clock, Base.sealer)
    vip_reader = providers.Singleton(PostgresVipReader, Base.database, Base.clock, Base.settings.provided.exchange.zone)
    show_vip = providers.Factory(vip.ShowVip, vip_reader)
    set_vip = providers.Factory(vip.SetVip, vip_work.provider, Base.clock)
    show_cabinet = providers.Factory(vip.ShowCabinet, vip_reader)
    activate_offer = providers.Factory(
        vip.ActivateOffer, vip_work.provider, Base.clock, Base.settings.provided.exchange.zone
    )
    list_offers = providers.Factory(vip.ListOffers, vip_reader)
    put_offer = providers.Factory(vip.PutOffer, vip_work.provider, Base.clock)
    list_activations = providers.Factory(vip.ListActivations, vip_reader)
    find_candidates = providers.Factory(vip.FindCandidates, vip_reader, Companies.current_settings, Base.clock)
