// The atelier's light in the browser: what its renderer does where a ray meets metal, a clear stone or a coated body,
// in the same studio, with the same film. One ray a sample, mirrored in a mirror followed, stones to their facets.
// Lengths are millimetres; the frame is the GLB's, y up. See pipeline/atelier/render: integrator, optics, environment.

const TRACED_VERTEX = `
uniform mat4 toRoot;
varying vec3 vAt, vNormal, vEye, vBack;

void main() {
  vAt = 1000.0 * (toRoot * vec4(position, 1.0)).xyz;
  vNormal = mat3(toRoot) * normal;
  mat3 turn = mat3(modelViewMatrix);
  vec3 eye = -(transpose(turn) * modelViewMatrix[3].xyz) / dot(turn[0], turn[0]);
  vEye = 1000.0 * (toRoot * vec4(eye, 1.0)).xyz;
  vBack = normalize(mat3(toRoot) * vec3(modelViewMatrix[0].z, modelViewMatrix[1].z, modelViewMatrix[2].z));
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}
`

// What a ray meets: shared by the light on the piece and by its shadow. ROWS texels a body: three rows of the matrix into
// its own frame; its run of nodes, exposure, pattern; four of its surface; axis, birefringence; across, unused.
const MEETING = `
uniform highp sampler2D nodes, triangles, bodies;
uniform int scenes, scenesEnd;

const float FAR = 1e9;
const int METAL = 0, CLEAR = 1, ROWS = 10;

struct Met { float t; int triangle; int body; vec2 place; };

vec4 texel(highp sampler2D table, int k) { return texelFetch(table, ivec2(k & 1023, k >> 10), 0); }
int kindOf(int which) { return int(texel(bodies, ROWS * which + 7).w); }

mat4x3 rowsOf(int which, out ivec2 run) {
  vec4 x = texel(bodies, ROWS * which), y = texel(bodies, ROWS * which + 1), z = texel(bodies, ROWS * which + 2);
  vec4 rest = texel(bodies, ROWS * which + 3);
  run = ivec2(rest.xy);
  return mat4x3(x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z, x.w, y.w, z.w);
}

bool meetsBox(vec4 low, vec4 high, vec3 origin, vec3 per, float nearest) {
  vec3 a = (low.xyz - origin) * per, b = (high.xyz - origin) * per;
  vec3 first = min(a, b), last = max(a, b);
  float enter = max(max(first.x, first.y), max(first.z, 0.0));
  return enter <= min(min(last.x, last.y), min(last.z, nearest));
}

/* Nearest triangle of one body's own tree, in the body's own frame. */
void meetBody(int which, ivec2 run, vec3 origin, vec3 direction, inout Met met) {
  vec3 per = 1.0 / direction;
  int node = run.x;
  while (node < run.y) {
    vec4 low = texel(nodes, 2 * node), high = texel(nodes, 2 * node + 1);
    if (!meetsBox(low, high, origin, per, met.t)) { node = max(int(low.w), node + 1); continue; }
    node++;
    if (high.w < 0.0) continue;
    int held = int(high.w), first = held >> 3, count = held & 7;
    for (int k = 0; k < count; k++) {
      int triangle = first + k;
      vec3 a = texel(triangles, 3 * triangle).xyz;
      vec3 ab = texel(triangles, 3 * triangle + 1).xyz - a, ac = texel(triangles, 3 * triangle + 2).xyz - a;
      vec3 p = cross(direction, ac);
      float area = dot(ab, p);
      if (abs(area) < 1e-12) continue;
      vec3 from = origin - a;
      float u = dot(from, p) / area;
      vec3 q = cross(from, ab);
      float v = dot(direction, q) / area, t = dot(ac, q) / area;
      if (u >= 0.0 && v >= 0.0 && u + v <= 1.0 && t > 0.0 && t < met.t) met = Met(t, triangle, which, vec2(u, v));
    }
  }
}

Met meet(vec3 origin, vec3 direction) {
  Met met = Met(FAR, -1, -1, vec2(0.0));
  /* Without a direction every box would be opened. */
  if (!(dot(origin, origin) + dot(direction, direction) < FAR)) return met;
  vec3 per = 1.0 / direction;
  int node = scenes;
  while (node < scenesEnd) {
    vec4 low = texel(nodes, 2 * node), high = texel(nodes, 2 * node + 1);
    if (!meetsBox(low, high, origin, per, met.t)) { node = max(int(low.w), node + 1); continue; }
    node++;
    if (high.w < 0.0) continue;
    ivec2 run;
    mat4x3 rows = rowsOf(int(high.w) >> 3, run);
    meetBody(int(high.w) >> 3, run, rows * vec4(origin, 1.0), mat3(rows) * direction, met);
  }
  return met;
}

`

const TRACED_FRAGMENT = `${MEETING}
uniform highp sampler2D sky, glow, floorLight;
uniform highp sampler3D patches;
uniform int body;
uniform ivec3 samples; /* of a polished surface, a rough one, a stone */
uniform float exposure, sweep, sweepFar, ground;
uniform vec2 falloff;
uniform vec3 strokeAxis, middle;
uniform vec4 floorPlace;
varying vec3 vAt, vNormal, vEye, vBack;

const float PI = 3.14159265;
const float OFFSET = 1e-3, AMBIENT = 0.35, STONE_GLOW = 0.55, LEAST = 0.025;

struct Body {
  vec3 front; vec3 shade; vec2 rough; vec3 index; vec3 absorb; int kind; int pattern; bool fire; float exposed; int number;
};

float most(vec3 c) { return max(c.x, max(c.y, c.z)); }

Body bodyOf(int which) {
  vec4 a = texel(bodies, ROWS * which + 4), b = texel(bodies, ROWS * which + 5);
  vec4 c = texel(bodies, ROWS * which + 6), d = texel(bodies, ROWS * which + 7);
  vec2 rest = texel(bodies, ROWS * which + 3).zw;
  return Body(a.xyz, b.xyz, vec2(a.w, b.w), c.xyz, d.xyz, int(d.w), int(rest.y), c.w > 0.0, rest.x, which);
}

vec3 unpacked(float word) {
  float high = floor(word / 4096.0);
  vec2 place = vec2(high, word - 4096.0 * high) / 4095.0 * 2.0 - 1.0;
  float z = 1.0 - abs(place.x) - abs(place.y);
  float under = max(-z, 0.0);
  return normalize(vec3(place - under * sign(place + 1e-9), z));
}

/* Shading normal of what was met, in the root's frame. */
vec3 normalOf(Met met) {
  ivec2 run;
  mat3 rows = mat3(rowsOf(met.body, run));
  vec3 a = unpacked(texel(triangles, 3 * met.triangle).w), b = unpacked(texel(triangles, 3 * met.triangle + 1).w);
  vec3 c = unpacked(texel(triangles, 3 * met.triangle + 2).w);
  return normalize(transpose(rows) * (a * (1.0 - met.place.x - met.place.y) + b * met.place.x + c * met.place.y));
}

/* A direction on the studio's maps, whose up is our y: columns from +y of the piece, our -z, on to +x. */
vec2 skyPlace(vec3 d) {
  return vec2(fract(atan(d.x, -d.z) * (0.5 / PI)), acos(clamp(d.y, -1.0, 1.0)) / PI);
}

float smoother(float x) { x = clamp(x, 0.0, 1.0); return x * x * (3.0 - 2.0 * x); }

float light(vec3 origin, vec3 d, bool stone, bool gloss) {
  if (d.y < -1e-4) {
    vec2 at = (origin + (ground - origin.y) / d.y * d).xz;
    vec2 place = (at - floorPlace.xy) / (2.0 * floorPlace.zw) + 0.5;
    float lit = all(lessThan(abs(place - 0.5), vec2(0.5))) ? textureLod(floorLight, place, 0.0).x : 1.0;
    float away = smoother((length(at) - falloff.x) / (falloff.y - falloff.x));
    return sweep * lit * (1.0 + (sweepFar - 1.0) * away);
  }
  vec2 place = skyPlace(d);
  vec2 both = textureLod(sky, vec2(place.x, min(2.0 * place.y, 1.0)), 0.0).xy;
  float bright = stone ? both.y : both.x;
  if (stone) bright *= 1.0 - 0.95 * smoother((dot(d, vBack) - 0.882948) / (0.951057 - 0.882948));
  if (gloss) {
    float mirrored = vBack.y * d.y - vBack.x * d.x - vBack.z * d.z;
    float hidden = clamp((mirrored - 0.829038) / (0.913545 - 0.829038), 0.0, 1.0);
    bright *= 1.0 - 0.9 * smoother(hidden);
  }
  return bright;
}

vec3 shaded(float bright, vec3 shade) { return bright * (1.0 + (shade - 1.0) * clamp(1.0 - bright * 1.6, 0.0, 1.0)); }

vec3 schlick(vec3 normal, float cosine) {
  float rest = clamp(1.0 - cosine, 0.0, 1.0);
  return normal + (1.0 - normal) * rest * rest * rest * rest * rest;
}

/* What a ray sees that is followed no further than one mirror. */
vec3 glance(vec3 origin, vec3 d, vec3 shade, bool stone, bool gloss) {
  Met met = meet(origin, d);
  if (met.body < 0) return shaded(light(origin, d, stone, gloss), shade);
  Body other = bodyOf(met.body);
  vec3 normal = normalOf(met);
  normal *= dot(normal, d) < 0.0 ? 1.0 : -1.0;
  float cosine = -dot(normal, d);
  float bright = light(origin + met.t * d, normalize(reflect(d, normal)), false, false);
  if (other.kind == METAL) return shaded(bright, other.shade) * schlick(other.front, cosine);
  vec3 colour = other.kind == CLEAR ? exp(-0.5 * other.absorb / max(most(other.absorb), 0.1)) : other.front;
  return colour * STONE_GLOW + shaded(bright, shade) * schlick(vec3(0.05), cosine);
}

float splitShare(float cosine, float eta, out float inside) {
  float squared = eta * eta * (1.0 - cosine * cosine);
  if (squared >= 1.0) { inside = 0.0; return 1.0; }
  inside = sqrt(1.0 - squared);
  float parallel = (inside - cosine / eta) / (inside + cosine / eta);
  float across = (cosine - inside / eta) / (cosine + inside / eta);
  return clamp(0.5 * (parallel * parallel + across * across), 0.0, 1.0);
}

/* Mirror off a rough facet, GGX with visible normals: direction; its weight less Fresnel, and the cosine. */
vec3 mirrored(vec3 d, vec3 normal, vec2 rough, vec2 pair, out float weight, out float cosine) {
  vec3 along = cross(normal, strokeAxis);
  if (dot(along, along) < 1e-4) along = cross(normal, strokeAxis.yzx);
  along = normalize(along);
  vec3 across = cross(normal, along);
  vec3 view = vec3(-dot(d, along), -dot(d, across), -dot(d, normal));
  view = normalize(vec3(view.xy, max(view.z, 1e-3)));
  vec3 stretched = normalize(vec3(rough * view.xy, view.z));
  float length2 = dot(stretched.xy, stretched.xy);
  vec3 one = length2 > 1e-9 ? vec3(-stretched.y, stretched.x, 0.0) * inversesqrt(length2) : vec3(1.0, 0.0, 0.0);
  vec3 two = cross(stretched, one);
  float radius = sqrt(0.75 * pair.x), turn = 2.0 * PI * pair.y;
  float u = radius * cos(turn), v = radius * sin(turn), blend = 0.5 * (1.0 + stretched.z);
  v = (1.0 - blend) * sqrt(max(1.0 - u * u, 0.0)) + blend * v;
  vec3 facet = u * one + v * two + sqrt(max(1.0 - u * u - v * v, 0.0)) * stretched;
  facet = normalize(vec3(rough * facet.xy, max(facet.z, 1e-6)));
  cosine = dot(view, facet);
  vec3 out_ = 2.0 * cosine * facet - view;
  vec2 spread = vec2(dot(rough * view.xy, rough * view.xy), dot(rough * out_.xy, rough * out_.xy));
  vec2 hidden = 0.5 * (sqrt(1.0 + spread / max(vec2(view.z * view.z, out_.z * out_.z), 1e-9)) - 1.0);
  weight = out_.z > 1e-4 ? (1.0 + hidden.x) / (1.0 + hidden.x + hidden.y) : 0.0;
  return normalize(out_.x * along + out_.y * across + out_.z * normal);
}

float diffuse(vec3 normal) {
  vec2 place = skyPlace(normal);
  return textureLod(glow, vec2(place.x, clamp(place.y, 0.5 / 32.0, 1.0 - 0.5 / 32.0)), 0.0).x;
}

/* Patterns of a stone's body, numbered and drawn as pipeline/atelier/render/finish.py does, in the piece's own frame. */
const int OPAL = 1, PEARL = 2, MATRIX = 3, GLOW = 4, SCHILLER = 5, FLECKS = 6, BANDS = 7, CLOUD = 8, NACRE = 9, SILK = 10;
const int STAR = 11, EYE = 12;
const float PATCH_MM = 5.0, RAY_WIDTH = 0.045, EYE_WIDTH = 0.05, TIGER_WIDTH = 0.3, LAMP_NEARER = 0.3;
const float SATIN = 0.5, PEARL_DEPTH = 0.72;

vec3 refracted(vec3 d, vec3 normal) {
  float cosine = min(dot(d, normal), -0.05);
  vec3 along = (d - cosine * normal) / 1.6;
  return normalize(along - sqrt(max(1.0 - dot(along, along), 0.0)) * normal);
}

float shine(vec3 between, vec3 needle, float width) {
  float away = dot(between, needle) / width;
  return exp(-away * away);
}

float toward(vec3 between, vec3 normal, float width) {
  float cosine = dot(between, normal);
  return exp((cosine * cosine - 1.0) / width);
}

float line(float wavelength, float mid, float width) {
  float away = (wavelength - mid) / width;
  return exp(-away * away);
}

vec3 hues(float turn) { return 0.5 + 0.5 * cos(turn - vec3(0.0, 2.1, 4.2)); }
vec4 patchAt(vec3 at) { return textureLod(patches, at / PATCH_MM, 0.0); }

vec3 opal(vec3 body, vec3 at, vec3 inward, vec3 between, vec3 axis) {
  for (int k = 2; k >= 0; k--) {
    float depth = k == 2 ? 1.2 : k == 1 ? 0.5 : 0.0;
    vec4 patched = patchAt(at + depth * inward + vec3(3.1 * depth, 0.0, 0.0));
    vec3 leaning = normalize(patched.xyz - 0.5 + 0.7 * axis);
    vec3 flash = hues(2.0 * PI * (1.3 * patched.x + 1.1 * abs(dot(between, leaning))));
    float strength = (k == 0 ? 0.55 : 0.6) * clamp(patched.y * 2.4 - 0.9, 0.0, 1.0);
    strength *= 0.35 + 0.65 * toward(between, leaning, 0.3);
    body = mix(body, 1.05 * flash, strength);
  }
  return body;
}

vec3 bodyColour(Body mine, vec3 at, vec3 normal, vec3 d) {
  float cosine = -dot(d, normal);
  vec3 colour = mine.front;
  if (mine.pattern == 0) return colour;
  if (mine.pattern == PEARL) return colour * mix(vec3(0.93, 0.975, 1.0), vec3(1.08, 0.955, 0.965), cosine * cosine);
  vec3 axis = texel(bodies, ROWS * mine.number + 8).xyz, along = texel(bodies, ROWS * mine.number + 9).xyz;
  /* A file that does not tell how the stone lies. */
  if (dot(axis, axis) < 0.5) return colour;
  /* The piece's own frame has z up. */
  mat3 turn = mat3(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0);
  at = turn * at + middle;
  d = turn * d;
  normal = turn * normal;
  vec3 across = cross(axis, along), inward = refracted(d, normal);
  vec3 opposite = d - 2.0 * dot(d, axis) * axis;
  vec3 lamp = refracted(-normalize(opposite + LAMP_NEARER * axis + 0.06 * along), normal);
  vec3 between = -normalize(inward + lamp);
  if (mine.pattern == STAR) {
    float star = 0.0;
    for (int k = 0; k < 3; k++) {
      float angle = float(k) * PI / 3.0;
      star += shine(between, cos(angle) * along + sin(angle) * across, RAY_WIDTH);
    }
    return colour + vec3(0.62, 0.64, 0.70) * min(star, 1.2);
  }
  if (mine.pattern == EYE) {
    float eye = shine(between, across, EYE_WIDTH) + 0.25 * shine(between, across, 5.0 * EYE_WIDTH);
    return colour * (1.0 + 0.35 * clamp(3.0 * dot(between, across), -1.0, 1.0)) + vec3(0.72, 0.68, 0.52) * eye;
  }
  if (mine.pattern == OPAL) return opal(colour, at, inward, between, axis);
  vec4 patched = patchAt(at);
  float run = dot(at, vec3(0.8, 0.5, 0.35)) + 0.55 * patched.x + 0.35 * patched.y;
  float bands = 0.5 + 0.5 * sin(5.2 * run) * sin(1.7 * run + 2.0 * patched.x);
  if (mine.pattern == MATRIX) {
    float vein = clamp(patched.w * clamp(patched.z * 3.0 - 1.2, 0.0, 1.0) * 1.4, 0.0, 1.0);
    return mix(colour, vec3(0.045, 0.028, 0.018), vein);
  }
  if (mine.pattern == GLOW) {
    float billow = toward(between, axis, 0.06);
    return colour * (1.0 - 0.4 * billow) + vec3(0.02, 0.13, 0.46) * billow * (0.8 + 0.2 * patched.x);
  }
  if (mine.pattern == SCHILLER) {
    vec3 lamella = normalize(axis + 0.30 * along + 0.25 * vec3(patched.xy - 0.5, 0.0));
    float wavelength = 450.0 + 110.0 * patched.y + 160.0 * (1.0 - abs(dot(between, lamella)));
    vec3 spectral = vec3(line(wavelength, 620.0, 60.0), line(wavelength, 545.0, 50.0), line(wavelength, 462.0, 48.0));
    return colour + (0.75 * spectral + vec3(0.0, 0.06, 0.10)) * toward(between, lamella, 0.07);
  }
  if (mine.pattern == FLECKS) {
    bool gold = patched.z > 0.93 && patched.w < 0.45;
    return gold ? vec3(0.75, 0.55, 0.20) : colour * (0.65 + 0.7 * patched.x);
  }
  if (mine.pattern == BANDS) return colour * (0.22 + 1.25 * bands);
  if (mine.pattern == CLOUD) return colour * (0.82 + 0.36 * patched.x) + vec3(0.06, 0.06, 0.05) * patched.y;
  if (mine.pattern == NACRE) return colour * (0.86 + 0.20 * hues(2.0 * PI * (0.55 + 0.22 * patched.y + 0.25 * cosine)));
  vec3 tiger = vec3(0.62, 0.36, 0.07) * shine(between, along, TIGER_WIDTH) * (0.25 + 0.75 * bands);
  return colour * (0.35 + 0.9 * bands) + tiger;
}

/* Light on a coated stone's body; a pearl's platelets mirror a part of it widely. */
float around(Body mine, vec3 normal, vec3 outward) {
  float light = diffuse(normal);
  if (mine.pattern != PEARL) return light;
  float wide = diffuse(normalize(normal + 1.5 * outward));
  return mix(light, PEARL_DEPTH * wide * wide, SATIN);
}

/* How the other ray of a doubly refracting stone differs: absorption per mm, and half of the indices' difference. */
vec4 crystal(Body mine, vec3 d) {
  vec4 axis = texel(bodies, ROWS * mine.number + 8), across = texel(bodies, ROWS * mine.number + 9);
  float cosine = dot(vec3(d.x, -d.z, d.y), axis.xyz), lean = 1.0 - cosine * cosine;
  return vec4(across.xyz * lean, 0.5 * axis.w * lean);
}

float skinOf(Body coat, float cosine) {
  return schlick(vec3(pow((coat.index.y - 1.0) / (coat.index.y + 1.0), 2.0)), cosine).x;
}

/*
 * Radiance from a body's own surface along a ray that met it. A clear stone splits light at every facet: the path stays
 * with the part inside, the part outside is looked at once. The index is the body's own; other stones' is that of
 * green. Of a doubly refracting stone the path is one of its two rays.
 */
vec3 follow(Body now, vec3 at, vec3 normal, vec3 face, vec3 d, float index, vec2 pair, bool other) {
  int first = now.number;
  bool stone = now.kind == CLEAR, entering = true;
  vec3 seen = vec3(0.0), through = vec3(1.0), shade = vec3(1.0);
  float way = 0.0, own = index;
  for (int bounce = 0; bounce < 9; bounce++) {
    float cosine = -dot(normal, d), outShare = 0.0, weight = 1.0;
    vec3 outward = reflect(d, normal), onward = outward;
    bool leaving = now.kind == CLEAR && !entering;
    if (now.kind == CLEAR) {
      vec4 more = crystal(now, d);
      float bending = index + (other ? more.w : -more.w);
      if (leaving) through *= exp(-way * (now.absorb + (other ? more.xyz : vec3(0.0))));
      float inside, eta = entering ? 1.0 / bending : bending;
      float share = splitShare(cosine, eta, inside);
      vec3 bent = normalize(eta * d + (eta * cosine - inside) * normal);
      if (entering) onward = bent; else outward = bent;
      outShare = entering ? share : 1.0 - share;
    } else {
      if (bounce == 0) {
        outward = onward = mirrored(d, normal, now.rough, pair, weight, cosine);
        float dive = dot(onward, face);
        if (dive < 0.0) outward = onward = normalize(onward - 2.0 * dive * face);
      }
      if (now.kind == METAL) {
        through *= weight * schlick(now.front, cosine);
        if (shade == vec3(1.0)) shade = now.shade;
      } else {
        outShare = weight * skinOf(now, cosine);
        vec3 lit = bodyColour(now, at, normal, d) * around(now, normal, outward);
        seen += through * lit * (1.0 - outShare);
      }
    }
    if (most(through) * outShare > LEAST)
      seen += through * outShare * glance(at + OFFSET * (leaving ? -face : face), outward, shade, leaving, entering && stone);
    if (now.kind > CLEAR) return seen;
    through *= 1.0 - outShare;
    if (most(through) < LEAST || (bounce > 2 && !stone && now.kind == CLEAR)) break;
    at += OFFSET * (now.kind == CLEAR && entering ? -face : face);
    Met met = meet(at, onward);
    if (met.body < 0) return seen + through * shaded(light(at, onward, stone, false), shade);
    d = onward;
    way = met.t;
    at += way * d;
    now = bodyOf(met.body);
    normal = normalOf(met);
    face = normal;
    entering = dot(normal, d) < 0.0;
    if (!entering) {
      if (now.kind != CLEAR) return seen + through * now.front * AMBIENT;
      normal = face = -normal;
    }
    /* Back from a prong inside it, a stone bends light as before. */
    index = met.body == first ? own : now.index.y;
  }
  return seen + through * AMBIENT;
}

float brightnessOf(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); }
float normOf(vec3 c) { return brightnessOf(c) + 0.9 * (most(c) - brightnessOf(c)); }
vec3 shoulder(vec3 c, float knee) {
  return mix(knee + (1.0 - knee) * (1.0 - exp(-(c - knee) / (1.0 - knee))), c, lessThan(c, vec3(knee)));
}

vec3 withinGamut(vec3 c, float bright) {
  float high = most(c);
  if (high <= 0.55) return c;
  float room = max(max(bright, 0.9) - 0.55, 1e-4);
  float highest = max(0.55 + room * (1.0 - exp(-(high - 0.55) / room)), bright);
  float share = clamp((highest - bright) / max(high - bright, 1e-4), 0.8, 1.0);
  float darker = highest / max(bright + share * (high - bright), 1e-4);
  return (bright + share * (c - bright)) * min(darker, 1.0);
}

/* The atelier's film, as pipeline/atelier/render/optics.py has it. */
vec3 tone(vec3 c, bool stone, bool pale) {
  if (!stone) {
    float bright = brightnessOf(c), white = clamp((bright - 1.1) * 0.4, 0.0, 1.0) * 0.35;
    return shoulder(c * (1.0 - white) + bright * white, 0.6);
  }
  c *= 0.72;
  float share = (pale ? 0.3 : 1.0) * 0.6;
  float whole = max(normOf(c), 1e-6) / 0.55;
  vec3 vivid = c * pow(max(c, 1e-6) / 0.55, vec3(share)) * pow(whole, 0.6 - share);
  float norm = max(normOf(vivid), 1e-6);
  float scale = shoulder(vec3(norm), 0.45).x / norm;
  return withinGamut(vivid * scale, brightnessOf(vivid) * scale);
}

vec3 encoded(vec3 c) {
  c = clamp(c, 0.0, 1.0);
  return mix(1.055 * pow(max(c, 1e-8), vec3(1.0 / 2.4)) - 0.055, 12.92 * c, lessThanEqual(c, vec3(0.0031308)));
}

void main() {
  Body mine = bodyOf(body);
  vec3 atX = dFdx(vAt), atY = dFdy(vAt), normalX = dFdx(vNormal), normalY = dFdy(vNormal);
  vec3 plane = cross(atX, atY);
  plane = dot(plane, plane) > 0.0 ? normalize(plane) : normalize(vNormal);
  plane *= dot(plane, vEye - vAt) < 0.0 ? -1.0 : 1.0;
  int count = mine.kind == CLEAR ? samples.z : max(mine.rough.x, mine.rough.y) > 0.05 ? samples.y : samples.x;
  vec3 sum = vec3(0.0);
  for (int k = 0; k < count; k++) {
    /* An even spread over the pixel, whose mean is its middle (a golden lattice), and over the lobe (Roberts's R4). */
    float place = float(k) + 0.5;
    vec2 shift = count > 1 ? vec2(place / float(count), fract(0.6180340 * place)) - 0.5 : vec2(0.0);
    vec2 draw = fract(0.5 + float(k + 1) * vec2(0.8566749, 0.7338919));
    vec3 at = vAt + shift.x * atX + shift.y * atY;
    vec3 normal = normalize(vNormal + shift.x * normalX + shift.y * normalY), face = plane;
    vec3 d = normalize(at - vEye);
    Body seenBody = mine;
    if (mine.kind == CLEAR && count > 1) {
      /* Within a pixel a facet ends: what a sample really sees is looked up. */
      Met met = meet(vEye, d);
      if (met.body >= 0) {
        seenBody = bodyOf(met.body);
        at = vEye + met.t * d;
        normal = face = normalOf(met);
      }
    }
    if (dot(normal, d) > -1e-3) normal = normalize(normal - (dot(normal, d) + 2e-3) * d);
    bool stone = seenBody.kind == CLEAR, pale = most(seenBody.absorb) < 0.01, apart = stone && seenBody.fire;
    float exposed = exposure * seenBody.exposed;
    vec3 seen;
    for (int colour = 0; colour < 3; colour++) {
      float index = apart ? seenBody.index[colour] : seenBody.index.y;
      vec3 along = follow(seenBody, at, normal, face, d, index, draw, (k & 1) == 1);
      /* A colour that goes its own way meets the film alone, as the renderer's does. */
      vec3 toned = tone(along * exposed, stone, pale);
      if (!apart) { seen = toned; break; }
      seen[colour] = toned[colour];
    }
    sum += encoded(seen);
  }
  gl_FragColor = vec4(sum / float(count), 1.0);
}
`
