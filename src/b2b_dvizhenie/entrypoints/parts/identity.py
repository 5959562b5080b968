"""Logins, sessions, people."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.identity import PostgresIdentityTransaction
from b2b_dvizhenie.adapters.postgres.views.directory import PostgresDirectory
from b2b_dvizhenie.adapters.postgres.views.sessions import PostgresSessionReader
from b2b_dvizhenie.application import identity
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.messaging import Messaging


class Identity(Messaging):
    """Logins, sessions, people."""

    identity_work = providers.Factory(PostgresIdentityTransaction, Base.database, Base.clock, Base.sealer)
    session_reader = providers.Singleton(PostgresSessionReader, Base.database, Base.settings.provided.exchange.zone)
    see_as = providers.Factory(identity.SeeAs, identity_work.provider, session_reader, Base.clock)
    authenticate = providers.Singleton(identity.Authenticate, session_reader, see_as, Base.clock)
    begin_view = providers.Factory(identity.BeginView, identity_work.provider, session_reader, Base.clock)
    end_view = providers.Factory(identity.EndView, identity_work.provider)
    log_in = providers.Factory(identity.LogIn, identity_work.provider, Base.passwords, Base.clock)
    log_out = providers.Factory(identity.LogOut, identity_work.provider, Base.clock)
    select_company = providers.Factory(identity.SelectCompany, identity_work.provider)
    list_sessions = providers.Factory(identity.ListSessions, identity_work.provider, Base.clock)
    list_sessions_of = providers.Factory(identity.ListSessionsOf, identity_work.provider, Base.clock)
    close_session = providers.Factory(identity.CloseSession, identity_work.provider, Base.clock)
    close_other_sessions = providers.Factory(identity.CloseOtherSessions, identity_work.provider, Base.clock)
    change_password = providers.Factory(identity.ChangePassword, identity_work.provider, Base.passwords, Base.clock)
    refresh_token = providers.Factory(identity.RefreshToken, identity_work.provider, Base.clock)
    reset_tokens = providers.Factory(identity.ResetTokens, identity_work.provider, Base.clock)
    ask_for_code = providers.Factory(
        identity.AskForCode, identity_work.provider, Messaging.current_settings, Base.clock
    )
    send_code = providers.Factory(identity.SendCode, identity_work.provider, Base.sealer, Base.clock)
    log_in_by_code = providers.Factory(
        identity.LogInByCode, identity_work.provider, Messaging.current_settings, Base.sealer, Base.clock
    )
    invite_person = providers.Factory(
        identity.InvitePerson, identity_work.provider, Messaging.current_settings, Base.clock
    )
    ask_for_recovery = providers.Factory(
        identity.AskForRecovery, identity_work.provider, Messaging.current_settings, Base.clock
    )
    send_recovery = providers.Factory(
        identity.SendRecovery, identity_work.provider, Messaging.current_settings, Base.clock
    )
    open_link = providers.Factory(identity.OpenLink, identity_work.provider, Base.clock)
    set_password_by_link = providers.Factory(
        identity.SetPasswordByLink, identity_work.provider, Base.passwords, Base.clock
    )
    pass_second_step = providers.Factory(identity.PassSecondStep, identity_work.provider, Base.clock)
    show_second_factor = providers.Factory(identity.ShowSecondFactor, identity_work.provider)
    begin_second_factor = providers.Factory(identity.BeginSecondFactor, identity_work.provider, Base.clock)
    confirm_second_factor = providers.Factory(identity.ConfirmSecondFactor, identity_work.provider, Base.clock)
    switch_off_second_factor = providers.Factory(identity.SwitchOffSecondFactor, identity_work.provider, Base.clock)
    renew_recovery_codes = providers.Factory(identity.RenewRecoveryCodes, identity_work.provider, Base.clock)
    reset_second_factor = providers.Factory(identity.ResetSecondFactor, identity_work.provider, Base.clock)
    directory_reader = providers.Singleton(PostgresDirectory, Base.database)
    list_users = providers.Factory(identity.ListUsers, directory_reader)
    create_user = providers.Factory(identity.CreateUser, identity_work.provider, Base.passwords, Base.clock)
