using System.Net.Sockets;
using System.Security.Cryptography;
using Conversations.Api.Errors;

namespace Conversations.Api.Hosting;

/// <summary>
/// Starts the web server. A failure here is a mistake in the configuration, because everything else was already
/// checked.
/// </summary>
public static class Listening
{
    private const string Certificate = "Kestrel__Certificates__Default__Path";

    /// <exception cref="ConfigurationException">The server can't listen where the configuration says.</exception>
    public static async Task ListenAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or SocketException
                        or InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or NotSupportedException
                        or UnauthorizedAccessException
                        or CryptographicException
            )
        {
            throw new ConfigurationException(Explain(exception, app.Configuration));
        }
    }

    private static string Explain(Exception exception, IConfiguration configuration)
    {
        var message = exception.Message;
        if (
            exception is CryptographicException or FileNotFoundException or DirectoryNotFoundException
            || message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
        )
        {
            return $"{Certificate}: the certificate for HTTPS can't be used: {Sentence.Of(message)}";
        }

        // The message may name the address. If it does not, the first configured address is meant.
        var addresses = Addresses(configuration).ToList();
        var named = addresses.FindIndex(address => message.Contains(address.Value, StringComparison.OrdinalIgnoreCase));
        var (name, value) = addresses[Math.Max(named, 0)];
        return $"{name}: the server can't listen on {value}: {Sentence.Of(message)}";
    }

    private static IEnumerable<(string Name, string Value)> Addresses(IConfiguration configuration)
    {
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            yield return ($"Kestrel__Endpoints__{endpoint.Key}__Url", endpoint["Url"] ?? "nothing");
        }

        foreach (var key in new[] { "urls", "http_ports", "https_ports" })
        {
            if (configuration[key] is { Length: > 0 } value)
            {
                yield return ($"ASPNETCORE_{key.ToUpperInvariant()}", value);
            }
        }

        yield return ("ASPNETCORE_URLS", "http://localhost:8080, its default");
    }
}
