-- auth alone reads cookies, and here it is not asked.
kong.service.request.clear_header("Cookie")
