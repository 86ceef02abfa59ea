using Conversations.Api.Errors;

namespace Conversations.Api.Hosting;

/// <summary>Reads the configuration.</summary>
public static class Configured
{
    /// <summary>A builder whose configuration has been checked.</summary>
    /// <exception cref="ConfigurationException">A file or a folder can't be read, or a setting is wrong.</exception>
    public static WebApplicationBuilder Builder(string[] arguments)
    {
        try
        {
            // No watch on the working folder: the database may lie there, and every write to it would wake the watch.
            var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. arguments]);
            new ConfigurationCheck(builder.Configuration).Check();
            return builder;
        }
        catch (InvalidDataException exception)
        {
            // The message names the file, the innermost one the place.
            var place = Sentence.Of(exception.GetBaseException().Message);
            throw new ConfigurationException($"{exception.Message.TrimEnd('.')}: {place}");
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or ArgumentException)
        {
            var reason = Sentence.Of(exception.Message);
            throw new ConfigurationException($"--contentRoot (ASPNETCORE_CONTENTROOT): {reason}");
        }
    }
}
