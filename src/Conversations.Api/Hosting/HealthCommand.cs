namespace Conversations.Api.Hosting;

/// <summary>
/// The command <c>health</c> asks the server with the same settings on the same machine whether it is ready. It is the
/// HEALTHCHECK of the container image, because the image need not contain curl or wget, and only the server knows its
/// configured address.
/// </summary>
public static class HealthCommand
{
    private const string Ready = "/health/ready";

    // Longer than the server's check of the database takes.
    private static readonly TimeSpan Timeout = DatabaseHealth.Timeout + TimeSpan.FromSeconds(3);

    public const string Name = "health";

    /// <returns>The process's exit code: 0 when the server is ready, 1 when it is not or does not answer.</returns>
    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var url = UrlOf(AddressOf(configuration));
        try
        {
            using HttpClient http = new(Handler()) { Timeout = Timeout };
            using var answer = await http.GetAsync(url);
            await System.Console.Out.WriteLineAsync(
                $"{url}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
            );
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await System.Console.Error.WriteLineAsync($"{url}: {exception.Message}");
            return 1;
        }
    }

    /// <summary>
    /// The first address that a server with these settings listens on, with the precedence of ASP.NET Core.
    /// </summary>
    public static string AddressOf(IConfiguration configuration) =>
        configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(endpoint => endpoint["Url"])
            .FirstOrDefault(url => url is not null)
        ?? First(configuration[WebHostDefaults.ServerUrlsKey])
        ?? (First(configuration[WebHostDefaults.HttpPortsKey]) is { } port ? $"http://*:{port}" : null)
        ?? (First(configuration[WebHostDefaults.HttpsPortsKey]) is { } securePort ? $"https://*:{securePort}" : null)
        ?? HostRegistration.DefaultAddress;

    /// <summary>
    /// The health URL of a server on this machine. The loopback address replaces an address that means all interfaces.
    /// </summary>
    public static Uri UrlOf(string address)
    {
        var binding = BindingAddress.Parse(address);
        var host = binding.Host switch
        {
            "[::]" => "[::1]",
            "*" or "+" or "0.0.0.0" => "127.0.0.1",
            var named => named,
        };
        return new($"{binding.Scheme}://{host}:{binding.Port}{Ready}");
    }

    private static string? First(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();

    // The certificate is not checked: it names the public host, not this machine. The request contains no credentials.
    private static HttpClientHandler Handler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
}
