"""OData.svc: the reference data, in version 3 JSON light."""
