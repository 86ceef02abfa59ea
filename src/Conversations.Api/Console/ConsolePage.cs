using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Conversations.Api.Accounts;
using Conversations.Api.Control;
using Conversations.Api.Hosting;
using Microsoft.Net.Http.Headers;

namespace Conversations.Api.Console;

/// <summary>
/// The page at /console, which shows an account while programs use it. It is a static page: its script calls /v1 and
/// /control with the credentials of its user, so the server does nothing for it that other clients can't have. It is
/// where /control is. In Development, on loopback, the built-in account is signed in if it is the only one.
/// </summary>
public static partial class ConsolePage
{
    // The script makes all elements itself and sets no style, so that nothing which an account stores is ever markup.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly EntityTagHeaderValue Version = new(
        $"\"{Assembly.GetExecutingAssembly().ManifestModule.ModuleVersionId:n}\""
    );

    /// <summary>Serves the page where /control is. / leads to it in Development, and to Swagger UI elsewhere.</summary>
    public static void MapConsole(this WebApplication app)
    {
        var isThere = app.Services.GetRequiredService<ControlOptions>().IsEnabled;
        var start = isThere && app.Environment.IsDevelopment() ? "~/console" : "~/swagger";
        app.MapGet("/", () => Results.Redirect(start)).ExcludeFromDescription();
        if (isThere)
        {
            app.MapGet("/console/{**path}", Get).ExcludeFromDescription();
            app.MapMethods("/console/inbox/{name}", [HttpMethods.Get, HttpMethods.Post], Receive)
                .ExcludeFromDescription();
            app.Lifetime.ApplicationStarted.Register(() =>
                app.Urls.Select(StartupLines.Clickable).Distinct().ToList().ForEach(url => LogConsole(app.Logger, url))
            );
        }
    }

    [LoggerMessage(LogLevel.Information, "Console: {Url}/console")]
    private static partial void LogConsole(ILogger logger, string url);

    // For those who have no receiver of webhooks yet. The list of deliveries shows what was sent.
    private static IResult Receive(string name) => Results.NoContent();

    private static IResult Get(HttpContext context, string? path)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-cache";
        var type = Path.GetExtension(path) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => null,
        };
        return type is null ? Results.Text(PageOf(context.Request, context.RequestServices), "text/html; charset=utf-8")
            : Resource(path!) is { } file ? Results.Stream(file, type, entityTag: Version)
            : Results.NotFound();
    }

    private static string PageOf(HttpRequest request, IServiceProvider services)
    {
        var isLocal = Uri.TryCreate($"http://{request.Host}", UriKind.Absolute, out var url) && url.IsLoopback;
        var isDevelopment = services.GetRequiredService<IWebHostEnvironment>().IsDevelopment();
        var isBuiltIn = isLocal && isDevelopment && services.GetRequiredService<AccountDirectory>().IsBuiltInAlone;
        var account = isBuiltIn ? new { AccountOptions.BuiltIn.Sid, AccountOptions.BuiltIn.AuthToken } : null;
        var control = services
            .GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText?.Split('/', StringSplitOptions.RemoveEmptyEntries))
            .Where(path => path is ["control", _, ..])
            .Select(path => path![1])
            .Distinct();
        var settings = JsonSerializer.Serialize(new { account, control }, JsonSerializerOptions.Web);
        using StreamReader reader = new(Resource("page.html")!, Encoding.UTF8);
        return reader
            .ReadToEnd()
            .Replace("%base%", HtmlEncoder.Default.Encode($"{request.PathBase}/console"), StringComparison.Ordinal)
            .Replace("%settings%", HtmlEncoder.Default.Encode(settings), StringComparison.Ordinal);
    }

    private static Stream? Resource(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream($"Console.{name}");
}
