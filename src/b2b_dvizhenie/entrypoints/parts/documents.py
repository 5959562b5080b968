"""Documents of trade."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.files import LocalDocuments
from b2b_dvizhenie.adapters.postgres.documents import PostgresDocumentsTransaction
from b2b_dvizhenie.adapters.postgres.views.documents import PostgresDocumentReader
from b2b_dvizhenie.application import documents
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.ordering import Ordering


class Documents(Ordering):
    """Documents of trade."""

    document_files = providers.Singleton(LocalDocuments, Base.settings.provided.data)
    documents_work = providers.Factory(PostgresDocumentsTransaction, Base.database, Base.clock, Base.sealer)
    document_reader = providers.Singleton(PostgresDocumentReader, Base.database)
    list_documents = providers.Factory(documents.ListDocuments, document_reader)
    show_document = providers.Factory(documents.ShowDocument, document_reader)
    documents_of_order = providers.Factory(documents.DocumentsOfOrder, document_reader)
    open_document_file = providers.Factory(documents.OpenDocumentFile, documents_work.provider, document_files)
    send_document = providers.Factory(documents.SendDocument, documents_work.provider)
    receive_document_file = providers.Factory(
        documents.ReceiveDocumentFile, documents_work.provider, document_files, Base.clock
    )
