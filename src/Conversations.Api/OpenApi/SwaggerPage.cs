using System.Net;
using System.Reflection;
using System.Text.Json;
using Conversations.Api.Accounts;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Conversations.Api.OpenApi;

/// <summary>
/// Swagger UI with a page and a script of this server (folder SwaggerUi), which evaluate no text as script. In
/// Development every operation is ready to be tried out, and the built-in account is authorized if it is the only one.
/// </summary>
public static class SwaggerPage
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // Swagger UI has its icons as data: URLs, and React sets styles.
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseSwaggerPage(this WebApplication app) =>
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase),
            swagger =>
            {
                swagger
                    .Use(
                        (context, next) =>
                        {
                            context.Response.Headers.ContentSecurityPolicy = Policy;
                            return next(context);
                        }
                    )
                    .UseStaticFiles(OwnFiles())
                    .UseSwaggerUI(ui =>
                    {
                        ui.IndexStream = () => Assembly.GetExecutingAssembly().GetManifestResourceStream("page.html")!;
                        ui.DocumentTitle = "Conversations API";
                        ui.HeadContent = $"<meta name=\"settings\" content=\"{WebUtility.HtmlEncode(Settings(app))}\">";
                    });
            }
        );

    private static StaticFileOptions OwnFiles() =>
        new()
        {
            RequestPath = "/swagger",
            FileProvider = new EmbeddedFileProvider(Assembly.GetExecutingAssembly(), "SwaggerUi"),
            ContentTypeProvider = new FileExtensionContentTypeProvider(
                new Dictionary<string, string>
                {
                    [".js"] = "text/javascript; charset=utf-8",
                    [".css"] = "text/css; charset=utf-8",
                    [".svg"] = "image/svg+xml",
                    [".md"] = "text/plain; charset=utf-8", // A browser would save text/markdown to a file.
                }
            ),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        };

    private static string Settings(WebApplication app)
    {
        var isDevelopment = app.Environment.IsDevelopment();
        OpenApiDefinition[] definitions =
        [
            new(OpenApiDocuments.DefaultService, "Conversations v1"),
            new(OpenApiDocuments.AnyService, "Conversations v1 with /Services/{ChatServiceSid}"),
            .. app.Services.GetServices<OpenApiDefinition>(),
        ];
        var isBuiltIn = isDevelopment && app.Services.GetRequiredService<AccountDirectory>().IsBuiltInAlone;
        return JsonSerializer.Serialize(
            new
            {
                isDevelopment,
                account = isBuiltIn ? new { AccountOptions.BuiltIn.Sid, AccountOptions.BuiltIn.AuthToken } : null,
                definitions = definitions.Select(one => new { url = $"{one.Document}/swagger.json", name = one.Name }),
            },
            Json
        );
    }
}
