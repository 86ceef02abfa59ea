using System.Globalization;
using System.Xml;
using Conversations.Api.Errors;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Primitives;

namespace Conversations.Api.Wire;

/// <summary>
/// Reads the text of parameters. An absent parameter is null. Node.js, PHP and Ruby send an empty text for a null, so
/// it means "not given" wherever Twilio has no error or value of its own for it.
/// </summary>
public static class Forms
{
    /// <summary>The word that removes a value where Twilio says so.</summary>
    public const string Null = "null";

    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd",
    ];

    // Longer timers could not be added to a date.
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36_525);

    /// <summary>The text; null when it is absent or empty.</summary>
    public static string? NullIfEmpty(this string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Whether the text is absent, empty or an ISO 8601 date.</summary>
    public static bool IsDate(string? text) => text.NullIfEmpty() is null || TryReadDate(text, out _);

    /// <summary>
    /// The date in UTC; null when the text is absent or empty. A date without a zone is in UTC: Java's library sends
    /// those.
    /// </summary>
    public static DateTime? Date(string? text) =>
        text.NullIfEmpty() is not null && TryReadDate(text, out var date) ? date : null;

    /// <summary>An ISO 8601 duration (PT10M); null when the text is not one.</summary>
    public static TimeSpan? Duration(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text) is var duration && duration <= LongestDuration ? duration : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static bool TryReadDate(string? text, out DateTime date)
    {
        var read = DateTimeOffset.TryParseExact(
            text?.ToUpperInvariant(),
            DateFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var value
        );
        date = value.UtcDateTime;
        return read;
    }
}

/// <summary>
/// Form and query parameters as Twilio reads them: names are case-sensitive, and a body that is not a form has no
/// parameters. MVC's own value providers, which these replace, ignore case and read <c>A[B]</c> as <c>A.B</c>.
/// </summary>
public sealed class ParametersFactory : IValueProviderFactory
{
    public async Task CreateValueProviderAsync(ValueProviderFactoryContext context)
    {
        var request = context.ActionContext.HttpContext.Request;
        context.ValueProviders.Add(new Parameters(BindingSource.Query, request.Query));
        if (request.HasFormContentType && !HttpMethods.IsGet(request.Method))
        {
            context.ValueProviders.Add(new Parameters(BindingSource.Form, await ReadAsync(request)));
        }
    }

    private static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
        var timer = request.HttpContext.Features.Get<RequestTimer>();
        try
        {
            timer?.Stop();
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception)
            when (exception is (IOException and not BadHttpRequestException) or NotSupportedException)
        {
            // Multipart that ends before its boundary; charset=utf-7.
            throw new TwilioException(TwilioErrors.MalformedRequest);
        }
        finally
        {
            timer?.Start();
        }
    }

    private sealed class Parameters(BindingSource source, IEnumerable<KeyValuePair<string, StringValues>> pairs)
        : BindingSourceValueProvider(source)
    {
        private readonly Dictionary<string, StringValues> values = new(pairs, StringComparer.Ordinal);

        public override bool ContainsPrefix(string prefix) =>
            prefix.Length == 0
            || values.ContainsKey(prefix)
            || values.Keys.Any(name => name.StartsWith(prefix + ".", StringComparison.Ordinal));

        public override ValueProviderResult GetValue(string key) =>
            values.TryGetValue(key, out var value)
                ? new ValueProviderResult(value, CultureInfo.InvariantCulture)
                : ValueProviderResult.None;
    }
}

/// <summary>
/// Binds the last value of a parameter that is given twice (Java sends PageSize twice), and all values of a list. An
/// empty parameter is not absent. MVC's binder of lists, which this replaces, also looks for <c>A[0]</c> and fails
/// after 1024 items.
/// </summary>
public sealed class ParameterBinder : IModelBinder, IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.Metadata.ModelType == typeof(string) || IsList(context.Metadata) ? this : null;

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var values = bindingContext.ValueProvider.GetValue(bindingContext.ModelName).Values;
        if (values.Count > 0)
        {
            bindingContext.Result = ModelBindingResult.Success(
                IsList(bindingContext.ModelMetadata) ? values.Select(Checked).ToArray() : Checked(values[^1])
            );
        }

        return Task.CompletedTask;
    }

    private static bool IsList(ModelMetadata metadata) => metadata.ModelType == typeof(IReadOnlyList<string>);

    // PostgreSQL has no NUL in text, and no identity, name or address has one.
    private static string Checked(string? text) =>
        text?.Contains('\0') == true ? throw new TwilioException(TwilioErrors.MalformedRequest) : text ?? "";
}
