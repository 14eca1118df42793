from typing import Any

from gateway.openapi import merge, operations, references
from gateway.routes import Routes

Json = dict[str, Any]


def document(path: str, schemas: Json, *, answer: str = "Read", tags: tuple[str, ...] = ()) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer}"}}}
    invalid = {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}}
    responses = {"200": {"content": content}, "422": {"content": invalid}}
    operation = {"operationId": "read", "tags": list(tags), "responses": responses}
    held = {**schemas, "HTTPValidationError": {"type": "object"}}
    return {"openapi": "3.1.0", "paths": {path: {"get": operation}}, "components": {"schemas": held}}


def answered(merged: Json, path: str) -> str:
    content = merged["paths"][path]["get"]["responses"]["200"]["content"]
    return str(content["application/json"]["schema"]["$ref"]).removeprefix("#/components/schemas/")


A = {"type": "object", "properties": {"a": {"type": "string"}}}
B = {"type": "object", "properties": {"b": {"type": "string"}}}


class TestMerge:
    def test_keeps_one_copy_of_what_two_services_mean_alike(self, routes: Routes) -> None:
        both = {
            "sales": document("/api/v1/leads", {"Read": A}),
            "customer": document("/api/v1/accounts", {"Read": A}),
        }

        merged = merge(both, routes, version="1")

        assert sorted(merged["components"]["schemas"]) == ["Problem", "Read"]

    def test_prefixes_what_they_mean_differently(self, routes: Routes) -> None:
        both = {
            "sales": document("/api/v1/leads", {"Read": A}),
            "customer": document("/api/v1/accounts", {"Read": B}),
        }

        merged = merge(both, routes, version="1")

        assert answered(merged, "/api/v1/leads") == "sales.Read"
        assert answered(merged, "/api/v1/accounts") == "customer.Read"
        assert merged["components"]["schemas"]["customer.Read"] == B

    def test_prefixes_what_refers_to_something_different(self, routes: Routes) -> None:
        page = {"type": "array", "items": {"$ref": "#/components/schemas/Read"}}
        both = {
            "sales": document("/api/v1/leads", {"Read": A, "Page": page}, answer="Page"),
            "customer": document("/api/v1/accounts", {"Read": B, "Page": page}, answer="Page"),
        }

        merged = merge(both, routes, version="1")

        assert answered(merged, "/api/v1/leads") == "sales.Page"
        assert merged["components"]["schemas"]["sales.Page"]["items"] == {
            "$ref": "#/components/schemas/sales.Read"
        }

    def test_speaks_of_every_error_with_the_one_problem(self, routes: Routes) -> None:
        merged = merge({"sales": document("/api/v1/leads", {"Read": A})}, routes, version="1")

        refused = merged["paths"]["/api/v1/leads"]["get"]["responses"]["422"]["content"]
        assert refused == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert "HTTPValidationError" not in merged["components"]["schemas"]

    def test_has_no_dangling_reference(self, routes: Routes) -> None:
        both = {
            "sales": document("/api/v1/leads", {"Read": A}),
            "customer": document("/api/v1/accounts", {"Read": B}),
        }

        merged = merge(both, routes, version="1")

        known = {f"#/components/schemas/{name}" for name in merged["components"]["schemas"]}
        assert set(references(merged)) <= known

    def test_leaves_out_what_the_gateway_does_not_route(self, routes: Routes) -> None:
        own = document("/api/v1/leads", {"Read": A})
        own["paths"]["/livez"] = own["paths"]["/api/v1/leads"]

        merged = merge({"sales": own}, routes, version="1")

        assert list(merged["paths"]) == ["/api/v1/leads"]

    def test_demands_a_token_but_for_public_paths(self, routes: Routes) -> None:
        both = {
            "auth": document("/api/v1/auth/jwks", {"Read": A}),
            "sales": document("/api/v1/leads", {"Read": A}),
        }

        merged = merge(both, routes, version="1")

        assert merged["security"] == [{"bearer": []}, {"cookie": []}]
        assert merged["paths"]["/api/v1/auth/jwks"]["get"]["security"] == []
        assert "security" not in merged["paths"]["/api/v1/leads"]["get"]
        schemes = merged["components"]["securitySchemes"]
        assert schemes["bearer"]["scheme"] == "bearer"
        assert schemes["cookie"]["name"] == "__Host-plexus"

    def test_tags_by_service_and_keeps_operation_ids_unique(self, routes: Routes) -> None:
        both = {
            "sales": document("/api/v1/leads", {"Read": A}, tags=("leads",)),
            "customer": document("/api/v1/accounts", {"Read": A}),
        }

        merged = merge(both, routes, version="1")

        found = [body for item in merged["paths"].values() for _, body in operations(item)]
        assert {body["tags"][0] for body in found} == {"sales: leads", "customer"}
        assert len({body["operationId"] for body in found}) == 2
        assert [tag["name"] for tag in merged["tags"]] == ["sales: leads", "customer"]

    def test_says_the_service_once_in_a_tag(self, routes: Routes) -> None:
        own = document("/api/v1/operations/sales", {"Read": A}, tags=("operations/sales",))

        merged = merge({"sales": own}, routes, version="1")

        assert merged["paths"]["/api/v1/operations/sales"]["get"]["tags"] == ["sales: operations"]

    def test_leaves_its_input_as_it_was(self, routes: Routes) -> None:
        own = document("/api/v1/leads", {"Read": A})
        before = repr(own)

        merge({"sales": own, "customer": document("/api/v1/x", {"Read": B})}, routes, version="1")

        assert repr(own) == before
