"""nginx with locations of a test's own."""
from harness import nginx

CONFIGURATION = """
daemon off;
worker_processes 1;
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 0;
    client_body_buffer_size 1m;
    {above}
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""


def front(world, locations, above=""):
    """Starts nginx; the port where it listens."""
    port = world.port()
    file = world.folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=world.folder, port=port, locations=locations, above=above))
    command = [nginx.find(), "-p", world.folder, "-c", file, "-e", world.folder / "nginx-error.log"]
    world.server("nginx", command, port)
    return port
